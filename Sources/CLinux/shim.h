#pragma once
// Calls of the Linux C library that Swift's Glibc module leaves out. Those that their headers show only to _GNU_SOURCE are declared here:
// with it defined, this module's structures would differ from Glibc's.
#include <malloc.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/timerfd.h>
#include <sys/types.h>
#include <sys/vfs.h>

extern int fallocate(int descriptor, int mode, off_t offset, off_t length);
extern int memfd_create(const char *name, unsigned int flags);
extern int pipe2(int descriptors[2], int flags);
extern int pthread_setname_np(pthread_t thread, const char *name);

// FALLOC_FL_KEEP_SIZE of linux/falloc.h: room without a longer file.
static inline int linux_reserve(int descriptor, off_t offset, off_t length) { return fallocate(descriptor, 1, offset, length); }

// `struct statfs` and the function share a name; only the type is of interest.
static inline int linux_file_system(int descriptor, long *type) {
  struct statfs answer;
  if (fstatfs(descriptor, &answer) != 0) return -1;
  *type = (long)answer.f_type;
  return 0;
}

static inline int linux_event(void) { return eventfd(0, EFD_CLOEXEC); }

static inline int linux_name_thread(pthread_t thread, const char *name) { return pthread_setname_np(thread, name); }
