/* Reading an address: host, and the parameters of its query. Nothing is allocated. */
#ifndef HW__URL_H
#define HW__URL_H

#include "base/internal.h"

/* A place to write decoded text; the caller has made it large enough. */
typedef struct hw__scratch {
    char *at;
    size_t len, cap;
} hw__scratch;

/* The host in lower case without port, user and "www."; empty where there is none. */
hw_str hw__url_host(hw_str url, hw__scratch *scratch);

/* The path of the URL, without query and fragment; empty where there is none. */
hw_str hw__url_path(hw_str url);

/* Walks the query: `rest` starts as hw__url_query(url); false at the end. name and value are raw.
 */
hw_str hw__url_query(hw_str url);
bool hw__url_next(hw_str *rest, hw_str *name, hw_str *value);

/* Percent-decoded once ('+' to a blank if plus), made valid UTF-8 (U+FFFD for what is not),
 * control characters to blanks, trimmed, at most HW_SOURCE_VALUE_MAX bytes. Writes at most
 * min(3 * s.len, HW_SOURCE_VALUE_MAX) bytes. *cut tells that the text was longer. */
hw_str hw__url_decode(hw_str s, bool plus, hw__scratch *scratch, bool *cut);

#endif
