#pragma once
#include <git2.h>
#include <git2/sys/commit.h>
#include <git2/sys/odb_backend.h>
#include <git2/sys/repository.h>
#include <git2/sys/transport.h>
#include <zlib.h>

// What Swift cannot call: `git_libgit2_opts` is variadic, `inflateInit` is a macro.

static inline int git_shim_set_switch(int option, int value) { return git_libgit2_opts(option, value); }
static inline int git_shim_set_size(int option, size_t value) { return git_libgit2_opts(option, value); }
static inline int git_shim_set_cache_size(ssize_t value) { return git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, value); }
static inline int git_shim_set_search_path(int level, const char *path) {
  return git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, path);
}
// What git calls extensions, and what is understood here, or judged by its value.
static inline int git_shim_set_extensions(void) {
  static const char *known[] = {"objectformat", "refstorage", "partialclone", "worktreeconfig", "relativeworktrees", "preciousobjects"};
  return git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, known, sizeof known / sizeof *known);
}
static inline int git_shim_set_certificates(const char *file, const char *folder) {
  return git_libgit2_opts(GIT_OPT_SET_SSL_CERT_LOCATIONS, file, folder);
}
static inline int git_shim_set_user_agent(const char *name) { return git_libgit2_opts(GIT_OPT_SET_USER_AGENT, name); }
static inline int git_shim_inflate_init(z_stream *stream) { return inflateInit(stream); }
