#pragma once
#include <curl/curl.h>

// Looks whether libcurl can be loaded, without keeping it: NULL, or the loader's words, to be read at once.
const char *posthorn_curl_look(void);

// Loads and starts libcurl for the life of the process: NULL, or the loader's words. Nothing else here may be called before it has returned NULL once.
const char *posthorn_curl_load(void);

// `curl_url_get`, whose first parameter has another type in later versions.
CURLUcode posthorn_url_get(CURLU *url, CURLUPart part, char **text, unsigned int flags);

// What Swift cannot call: variadic functions, one for each kind of argument (G1), and macros that it does not import.

CURLcode posthorn_set_long(CURL *easy, CURLoption option, long value);
CURLcode posthorn_set_offset(CURL *easy, CURLoption option, curl_off_t value);
// libcurl copies the text.
CURLcode posthorn_set_text(CURL *easy, CURLoption option, const char *value);
CURLcode posthorn_set_pointer(CURL *easy, CURLoption option, void *value);
CURLcode posthorn_set_list(CURL *easy, CURLoption option, struct curl_slist *value);
CURLcode posthorn_set_data_callback(CURL *easy, CURLoption option, curl_write_callback callback);
CURLcode posthorn_set_open_callback(CURL *easy, curl_opensocket_callback callback);
CURLcode posthorn_set_close_callback(CURL *easy, curl_closesocket_callback callback);
CURLcode posthorn_set_before_request_callback(CURL *easy, curl_prereq_callback callback);
CURLcode posthorn_set_debug_callback(CURL *easy, curl_debug_callback callback);
CURLcode posthorn_get_long(CURL *easy, CURLINFO info, long *value);
// The text belongs to the handle.
CURLcode posthorn_get_text(CURL *easy, CURLINFO info, char **value);
CURLMcode posthorn_set_multi_long(CURLM *multi, CURLMoption option, long value);

// The outcome of a finished transfer; it stands in a union.
static inline CURLcode posthorn_result(const CURLMsg *message) { return message->data.result; }

// The address itself; longer than the field that holds it where the family is IPv6.
static inline const unsigned char *posthorn_address(const struct curl_sockaddr *address) {
  return (const unsigned char *)&address->addr;
}
