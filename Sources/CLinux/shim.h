#pragma once
// Kernel and library interfaces that Swift's Glibc module leaves out.
#include <pthread.h>
#include <sys/timerfd.h>

// GNU only, and the flag that declares it cannot be set from here.
extern int pthread_setname_np(pthread_t thread, const char *name);
