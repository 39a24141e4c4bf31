// A library that the tests preload into the program: it counts the calls that change files, lets the Nth of them fail or kill the process,
// and can write down everything that was done, so that a test can tell what a power cut would have left. Never shipped.
//
//   FAULT_UNDER=DIR[:DIR]   only calls about files below these folders count
//   FAULT_CALLS=name,…      which calls count; fsync-folder is an fsync of a folder; without it, all of them
//   FAULT_AT=N              the Nth such call has the fault; without it, calls are only counted
//   FAULT_KIND=…            EIO, ENOSPC, short (half is written), late (it is done, and EIO is answered), kill
//   FAULT_FOREVER=1         and all calls after it too
//   FAULT_LOG=FILE          gets a line a call that counts; the one with the fault begins with "!"
//   FAULT_TRACE=FILE        gets every change below FAULT_UNDER, data included
//   FAULT_CLOCK=SECONDS     how far ahead the wall clock is
//   FAULT_SUSPENDED=FILE    for how many seconds the machine was suspended: the wall clock and the one that counts from boot are ahead by that
//   FAULT_FILE_SYSTEM=N     what fstatfs says that every file system is
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

// One lock around each call and its note: the notes are in the order in which things happened.
static pthread_mutex_t order = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static long seen;
static int notes = -1, trace = -1;

__attribute__((constructor)) static void start(void) {
  const char *log = getenv("FAULT_LOG"), *changes = getenv("FAULT_TRACE");
  if (log) notes = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (changes) trace = syscall(SYS_openat, AT_FDCWD, changes, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void put(int file, const void *bytes, size_t count) {
  for (const char *from = bytes; file >= 0 && count > 0;) {
    long written = syscall(SYS_write, file, from, count);
    if (written <= 0) return;
    from += written, count -= written;
  }
}

static void note(int file, const char *format, ...) {
  char line[2 * PATH_MAX + 100];
  va_list list;
  va_start(list, format);
  int count = vsnprintf(line, sizeof line, format, list);
  va_end(list);
  put(file, line, count);
}

// Names

static void path_of(int file, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t count = readlink(link, path, PATH_MAX - 1);
  path[count < 0 ? 0 : count] = 0;
}

static void path_at(int folder, const char *name, char *path) {
  char root[PATH_MAX] = "";
  if (name[0] == '/') {
    snprintf(path, PATH_MAX, "%s", name);
    return;
  }
  if (folder != AT_FDCWD) path_of(folder, root);
  else if (!getcwd(root, sizeof root)) root[0] = 0;
  if (strcmp(name, ".") == 0) snprintf(path, PATH_MAX, "%s", root);
  else if (snprintf(path, PATH_MAX, "%s/%s", root, name) >= PATH_MAX) path[0] = 0;
}

static int is_listed(const char *variable, char separator, const char *text, int as_folder) {
  const char *list = getenv(variable);
  if (!list) return 1;
  for (const char *item = list; *item;) {
    size_t length = strchrnul(item, separator) - item;
    int fits = strncmp(item, text, length) == 0 && (text[length] == 0 || (as_folder && text[length] == '/'));
    if (fits) return 1;
    item += length + (item[length] != 0);
  }
  return 0;
}

static int is_under(const char *path) { return is_listed("FAULT_UNDER", ':', path, 1); }

static int is_folder(int file) {
  struct stat facts;
  return fstat(file, &facts) == 0 && S_ISDIR(facts.st_mode);
}

static unsigned long inode_of(int file) {
  struct stat facts;
  return fstat(file, &facts) == 0 ? facts.st_ino : 0;
}

static unsigned long inode_at(const char *path) {
  struct stat facts;
  return lstat(path, &facts) == 0 ? facts.st_ino : 0;
}

// Faults

enum fault { NONE, FAIL, SHORT, LATE };

// Counts a call, and says what is to become of it. Called under the lock.
static enum fault fault_of(const char *call, const char *path) {
  if (!is_under(path) || !is_listed("FAULT_CALLS", ',', call, 0)) return NONE;
  const char *at = getenv("FAULT_AT"), *kind = getenv("FAULT_KIND");
  long number = ++seen;
  int is_due = at && (number == atol(at) || (getenv("FAULT_FOREVER") && number > atol(at)));
  note(notes, "%s%ld %s %s\n", is_due ? "!" : "", number, call, path);
  if (!is_due || !kind) return NONE;
  if (strcmp(kind, "kill") == 0) kill(getpid(), SIGKILL), pause();
  if (strcmp(kind, "short") == 0) return SHORT;
  if (strcmp(kind, "late") == 0) return LATE;
  errno = strcmp(kind, "ENOSPC") == 0 ? ENOSPC : EIO;
  return FAIL;
}

#define LOCKED for (int once = (pthread_mutex_lock(&order), 1); once; once = 0, pthread_mutex_unlock(&order))

// Runs a call that answers 0, with its fault, and its note in the trace where it was done.
#define ANSWER(name, path, call, done) \
  int answer = -1; \
  LOCKED { \
    enum fault fault = fault_of(name, path); \
    if (fault != FAIL) { \
      answer = (call); \
      if (answer == 0 && trace >= 0 && is_under(path)) { done; } \
      if (fault == LATE && answer == 0) answer = -1, errno = EIO; \
    } \
  } \
  return answer

// Data

static ssize_t written(int file, const void *bytes, size_t count, off_t offset, const char *name) {
  char path[PATH_MAX];
  path_of(file, path);
  ssize_t answer = -1;
  LOCKED {
    enum fault fault = is_under(path) ? fault_of(name, path) : NONE;
    if (fault == SHORT && count > 1) count /= 2;
    if (fault != FAIL) {
      answer = offset < 0 ? syscall(SYS_write, file, bytes, count) : syscall(SYS_pwrite64, file, bytes, count, offset);
      if (answer > 0 && trace >= 0 && is_under(path)) {
        off_t place = offset < 0 ? lseek(file, 0, SEEK_CUR) - answer : offset;
        note(trace, "write %lu %ld %ld\n", inode_of(file), (long)place, (long)answer);
        put(trace, bytes, answer);
      }
      if (fault == LATE) answer = -1, errno = EIO;
    }
  }
  return answer;
}

ssize_t write(int file, const void *bytes, size_t count) { return written(file, bytes, count, -1, "write"); }
ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) { return written(file, bytes, count, offset, "pwrite"); }
ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) { return written(file, bytes, count, offset, "pwrite"); }

static int flushed(int file, long call, const char *name) {
  char path[PATH_MAX];
  path_of(file, path);
  const char *kind = is_folder(file) ? "fsync-folder" : name;
  ANSWER(
    kind, path, syscall(call, file),
    if (is_folder(file)) note(trace, "flush-folder %s\n", path); else note(trace, "flush %lu\n", inode_of(file)));
}

int fsync(int file) { return flushed(file, SYS_fsync, "fsync"); }
int fdatasync(int file) { return flushed(file, SYS_fdatasync, "fdatasync"); }

static int cut(int file, off_t size) {
  char path[PATH_MAX];
  path_of(file, path);
  ANSWER("ftruncate", path, syscall(SYS_ftruncate, file, size), note(trace, "cut %lu %ld\n", inode_of(file), (long)size));
}

int ftruncate(int file, off_t size) { return cut(file, size); }
int ftruncate64(int file, off64_t size) { return cut(file, size); }

static int reserved(int file, int mode, off_t offset, off_t count) {
  char path[PATH_MAX];
  path_of(file, path);
  ANSWER("fallocate", path, syscall(SYS_fallocate, file, mode, offset, count), (void)0);
}

int fallocate(int file, int mode, off_t offset, off_t count) { return reserved(file, mode, offset, count); }
int fallocate64(int file, int mode, off64_t offset, off64_t count) { return reserved(file, mode, offset, count); }
int posix_fallocate(int file, off_t offset, off_t count) { return reserved(file, 0, offset, count) == 0 ? 0 : errno; }
int posix_fallocate64(int file, off64_t offset, off64_t count) { return reserved(file, 0, offset, count) == 0 ? 0 : errno; }

// Names in folders

static int opened(int folder, const char *name, int flags, mode_t mode) {
  if (!(flags & (O_CREAT | O_TRUNC))) return syscall(SYS_openat, folder, name, flags, mode);
  char path[PATH_MAX];
  path_at(folder, name, path);
  int answer = -1;
  LOCKED {
    int is_new = inode_at(path) == 0;
    enum fault fault = is_new ? fault_of("create", path) : NONE;
    if (fault != FAIL) {
      answer = syscall(SYS_openat, folder, name, flags, mode);
      if (answer >= 0 && trace >= 0 && is_under(path)) {
        if (is_new) note(trace, "create %lu %s\n", inode_of(answer), path);
        else if (flags & O_TRUNC) note(trace, "cut %lu 0\n", inode_of(answer));
      }
    }
  }
  return answer;
}

static mode_t mode_of(int flags, va_list list) { return flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0; }

#define OPEN(name, folder, ...) \
  int name(__VA_ARGS__ const char *file, int flags, ...) { \
    va_list list; \
    va_start(list, flags); \
    mode_t mode = mode_of(flags, list); \
    va_end(list); \
    return opened(folder, file, flags, mode); \
  }
#define IN int folder,
OPEN(open, AT_FDCWD, )
OPEN(open64, AT_FDCWD, )
OPEN(openat, folder, IN)
OPEN(openat64, folder, IN)
int creat(const char *file, mode_t mode) { return opened(AT_FDCWD, file, O_WRONLY | O_CREAT | O_TRUNC, mode); }

int mkdirat(int folder, const char *name, mode_t mode) {
  char path[PATH_MAX];
  path_at(folder, name, path);
  ANSWER("mkdir", path, syscall(SYS_mkdirat, folder, name, mode), note(trace, "mkdir %s\n", path));
}

int mkdir(const char *name, mode_t mode) { return mkdirat(AT_FDCWD, name, mode); }

int unlinkat(int folder, const char *name, int flags) {
  char path[PATH_MAX];
  path_at(folder, name, path);
  ANSWER("unlink", path, syscall(SYS_unlinkat, folder, name, flags), note(trace, "unlink %s\n", path));
}

int unlink(const char *name) { return unlinkat(AT_FDCWD, name, 0); }
int rmdir(const char *name) { return unlinkat(AT_FDCWD, name, AT_REMOVEDIR); }

int renameat(int from, const char *old, int to, const char *new) {
  char before[PATH_MAX], after[PATH_MAX];
  path_at(from, old, before);
  path_at(to, new, after);
  ANSWER("rename", after, syscall(SYS_renameat2, from, old, to, new, 0), note(trace, "rename %lu %s\n%s\n", inode_at(after), before, after));
}

int rename(const char *old, const char *new) { return renameat(AT_FDCWD, old, AT_FDCWD, new); }

int linkat(int from, const char *old, int to, const char *new, int flags) {
  char path[PATH_MAX];
  path_at(to, new, path);
  ANSWER("link", path, syscall(SYS_linkat, from, old, to, new, flags), note(trace, "create %lu %s\n", inode_at(path), path));
}

int link(const char *old, const char *new) { return linkat(AT_FDCWD, old, AT_FDCWD, new, 0); }

// The wall clock

static long suspended(void) {
  const char *file = getenv("FAULT_SUSPENDED");
  if (!file) return 0;
  char text[32] = "";
  int descriptor = syscall(SYS_openat, AT_FDCWD, file, O_RDONLY | O_CLOEXEC, 0);
  if (descriptor < 0) return 0;
  syscall(SYS_read, descriptor, text, sizeof text - 1);
  syscall(SYS_close, descriptor);
  return strtol(text, NULL, 10);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  int answer = syscall(SYS_clock_gettime, clock, time);
  const char *ahead = getenv("FAULT_CLOCK");
  if (answer == 0 && ahead && clock == CLOCK_REALTIME) time->tv_sec += strtol(ahead, NULL, 10);
  if (answer == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_BOOTTIME)) time->tv_sec += suspended();
  return answer;
}

int timerfd_settime(int timer, int flags, const struct itimerspec *time, struct itimerspec *old) {
  struct itimerspec real = *time;
  if ((flags & TFD_TIMER_ABSTIME) && real.it_value.tv_sec > suspended()) real.it_value.tv_sec -= suspended();
  return syscall(SYS_timerfd_settime, timer, flags, &real, old);
}

// The file system

int fstatfs(int file, struct statfs *facts) {
  int answer = syscall(SYS_fstatfs, file, facts);
  const char *type = getenv("FAULT_FILE_SYSTEM");
  if (answer == 0 && type) facts->f_type = strtol(type, NULL, 0);
  return answer;
}
