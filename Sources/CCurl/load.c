// libcurl, loaded by hand: thirty libraries come with it, which cost more to start than all the rest of the program, and most commands send
// nothing. Its functions keep their names, so that whoever calls them need not know; they are hidden, so that libcurl itself calls its own.
#include "CCurl.h"

#include <dlfcn.h>
#include <stddef.h>

// The name that stands for this interface, as long as there is one. Source: curl's docs/libcurl/ABI.md.
static const char *const name = "libcurl.so.4";

#define FUNCTIONS(each) \
  each(easy_cleanup) each(easy_getinfo) each(easy_init) each(easy_setopt) each(easy_strerror) each(free) each(global_init) \
  each(multi_add_handle) each(multi_cleanup) each(multi_info_read) each(multi_init) each(multi_perform) each(multi_poll) \
  each(multi_remove_handle) each(multi_setopt) each(multi_wakeup) each(slist_append) each(slist_free_all) \
  each(url) each(url_cleanup) each(url_get) each(url_set)

static struct {
#define FIELD(function) __typeof__(&curl_##function) function;
  FUNCTIONS(FIELD)
} curl;

const char *posthorn_curl_look(void) {
  void *library = dlopen(name, RTLD_NOW);
  if (library == NULL) return dlerror();
  dlclose(library);
  return NULL;
}

const char *posthorn_curl_load(void) {
  void *library = dlopen(name, RTLD_NOW);
  if (library == NULL) return dlerror();
#define FIND(function) \
  if ((curl.function = (__typeof__(curl.function))dlsym(library, "curl_" #function)) == NULL) return dlerror();
  FUNCTIONS(FIND)
  return curl.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? NULL : "it does not start";
}

#define OURS __attribute__((visibility("hidden")))

OURS CURL *curl_easy_init(void) { return curl.easy_init(); }
OURS void curl_easy_cleanup(CURL *easy) { curl.easy_cleanup(easy); }
OURS const char *curl_easy_strerror(CURLcode code) { return curl.easy_strerror(code); }
OURS void curl_free(void *text) { curl.free(text); }

OURS CURLM *curl_multi_init(void) { return curl.multi_init(); }
OURS CURLMcode curl_multi_cleanup(CURLM *multi) { return curl.multi_cleanup(multi); }
OURS CURLMcode curl_multi_add_handle(CURLM *multi, CURL *easy) { return curl.multi_add_handle(multi, easy); }
OURS CURLMcode curl_multi_remove_handle(CURLM *multi, CURL *easy) { return curl.multi_remove_handle(multi, easy); }
OURS CURLMcode curl_multi_perform(CURLM *multi, int *running) { return curl.multi_perform(multi, running); }
OURS CURLMcode curl_multi_poll(CURLM *multi, struct curl_waitfd extra[], unsigned int count, int milliseconds, int *ready) {
  return curl.multi_poll(multi, extra, count, milliseconds, ready);
}
OURS CURLMcode curl_multi_wakeup(CURLM *multi) { return curl.multi_wakeup(multi); }
OURS CURLMsg *curl_multi_info_read(CURLM *multi, int *left) { return curl.multi_info_read(multi, left); }

OURS struct curl_slist *curl_slist_append(struct curl_slist *list, const char *line) { return curl.slist_append(list, line); }
OURS void curl_slist_free_all(struct curl_slist *list) { curl.slist_free_all(list); }

OURS CURLU *curl_url(void) { return curl.url(); }
OURS void curl_url_cleanup(CURLU *url) { curl.url_cleanup(url); }
OURS CURLUcode curl_url_set(CURLU *url, CURLUPart part, const char *text, unsigned int flags) {
  return curl.url_set(url, part, text, flags);
}

CURLUcode posthorn_url_get(CURLU *url, CURLUPart part, char **text, unsigned int flags) { return curl.url_get(url, part, text, flags); }

// The variadic ones.

CURLcode posthorn_set_long(CURL *easy, CURLoption option, long value) { return curl.easy_setopt(easy, option, value); }
CURLcode posthorn_set_offset(CURL *easy, CURLoption option, curl_off_t value) { return curl.easy_setopt(easy, option, value); }
CURLcode posthorn_set_text(CURL *easy, CURLoption option, const char *value) { return curl.easy_setopt(easy, option, value); }
CURLcode posthorn_set_pointer(CURL *easy, CURLoption option, void *value) { return curl.easy_setopt(easy, option, value); }
CURLcode posthorn_set_list(CURL *easy, CURLoption option, struct curl_slist *value) { return curl.easy_setopt(easy, option, value); }
CURLcode posthorn_set_data_callback(CURL *easy, CURLoption option, curl_write_callback callback) {
  return curl.easy_setopt(easy, option, callback);
}
CURLcode posthorn_set_open_callback(CURL *easy, curl_opensocket_callback callback) {
  return curl.easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, callback);
}
CURLcode posthorn_set_close_callback(CURL *easy, curl_closesocket_callback callback) {
  return curl.easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, callback);
}
CURLcode posthorn_set_before_request_callback(CURL *easy, curl_prereq_callback callback) {
  return curl.easy_setopt(easy, CURLOPT_PREREQFUNCTION, callback);
}
CURLcode posthorn_set_debug_callback(CURL *easy, curl_debug_callback callback) {
  return curl.easy_setopt(easy, CURLOPT_DEBUGFUNCTION, callback);
}
CURLcode posthorn_get_long(CURL *easy, CURLINFO info, long *value) { return curl.easy_getinfo(easy, info, value); }
CURLcode posthorn_get_text(CURL *easy, CURLINFO info, char **value) { return curl.easy_getinfo(easy, info, value); }
CURLMcode posthorn_set_multi_long(CURLM *multi, CURLMoption option, long value) { return curl.multi_setopt(multi, option, value); }
