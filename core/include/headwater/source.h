/**
 * @file source.h
 * ① Where a visit came from: a URL and a referrer to source, medium, campaign,
 * click ids and one channel. The one place that reads query strings.
 *
 * Channels follow the default channel group of Google Analytics 4 (help answer
 * 9756891, order as in the 2026 text, with AI Assistant after Paid Other); a
 * site's own rules come first. What counts as search, social, video, shopping,
 * e-mail or an assistant is core/data/known_sources.csv.
 */
#ifndef HEADWATER_SOURCE_H
#define HEADWATER_SOURCE_H

#include "headwater/types.h"

/** Longest kept value of a parameter in bytes; a longer click id is no click id, other text is cut.
 */
#define HW_SOURCE_VALUE_MAX 512

/** What kind of evidence made the source. */
typedef enum hw_origin {
    HW_ORIGIN_DIRECT = 0,   /**< neither parameters nor a referrer */
    HW_ORIGIN_REFERRER = 1, /**< another site linked here */
    HW_ORIGIN_TAGGED = 2,   /**< UTM parameters, a click id, or given by the caller */
    HW_ORIGIN_INTERNAL = 3  /**< the site itself or an excluded referrer: no source */
} hw_origin;

/** The six dimensions of a source; unknown ones are empty. */
typedef struct hw_source {
    hw_str channel, source, medium, campaign, term, content;
} hw_source;

/** A site's rule: every field that is not empty must be equal, ignoring ASCII case. */
typedef struct hw_channel_rule {
    hw_str channel; /**< must not be empty */
    hw_str source, medium, campaign;
} hw_channel_rule;

/** Site settings; arrays are borrowed for the call. Zeroed: no settings. */
typedef struct hw_source_rules {
    const hw_channel_rule *rules;
    size_t rule_count;
    const hw_str *excluded_hosts; /**< never a source; subdomains too */
    size_t excluded_count;
    const hw_str *own_hosts; /**< the site itself; subdomains too; the URL's own host always is */
    size_t own_count;
} hw_source_rules;

/** What is known of sites (search engines, networks, shops…), indexed; some 4 KB, never changes. */
typedef struct hw_sources hw_sources;

/** @return HW_E_NOMEM. Free with hw_sources_destroy(). */
HW_API HW_NODISCARD hw_status hw_sources_create(const hw_allocator *alloc, hw_sources **out);
HW_API void hw_sources_destroy(hw_sources *known); /**< NULL: nothing */

/** X(parameter as it stands in a URL, name in results, source it implies, medium it implies). An
 * empty medium: the id alone does not say that the click was paid for. */
#define HW_CLICK_ID_MAP(X)                                                                         \
    X("gclid", "google", "cpc")                                                                    \
    X("wbraid", "google", "cpc")                                                                   \
    X("gbraid", "google", "cpc")                                                                   \
    X("dclid", "doubleclick", "cpm")                                                               \
    X("fbclid", "facebook", "")                                                                    \
    X("ttclid", "tiktok", "cpc")                                                                   \
    X("li_fat_id", "linkedin", "cpc")                                                              \
    X("msclkid", "bing", "cpc")                                                                    \
    X("epik", "pinterest", "cpc")                                                                  \
    X("sccid", "snapchat", "cpc")                                                                  \
    X("rdt_cid", "reddit", "cpc")                                                                  \
    X("twclid", "twitter", "cpc")                                                                  \
    X("yclid", "yandex", "cpc")                                                                    \
    X("irclickid", "impact", "affiliate")                                                          \
    X("cjevent", "cj", "affiliate")                                                                \
    X("awc", "awin", "affiliate")                                                                  \
    X("tblci", "taboola", "cpc")                                                                   \
    X("dicbo", "outbrain", "cpc")                                                                  \
    X("obclid", "outbrain", "cpc")                                                                 \
    X("oppref", "chatgpt", "cpc")                                                                  \
    X("qclid", "quora", "cpc")                                                                     \
    X("vmcid", "yahoo", "cpc")                                                                     \
    X("aleid", "applovin", "cpc")

#define HW_X(parameter, source, medium) +1
enum { HW_CLICK_ID_COUNT = 0 HW_CLICK_ID_MAP(HW_X) };
#undef HW_X

/** The name of click id i, lower case; NULL past the end. Static. */
HW_API const char *hw_click_id_name(size_t i);

typedef struct hw_classified {
    hw_source source;
    hw_origin origin;
    hw_str click_id[HW_CLICK_ID_COUNT]; /**< raw values, case kept; empty: not there */
    hw_str rule; /**< what decided the channel, e.g. "ga4:paid_search", "site:2" */
} hw_classified;

/**
 * Bytes of scratch that hw_classify needs for these inputs: every text of a
 * result lies in the scratch, in the rules, in `given`, or is static.
 */
HW_API size_t hw_classify_scratch(hw_str url, hw_str referrer, const hw_source *given);

/**
 * Tells the source and channel.
 * @param known    never NULL
 * @param rules    may be NULL
 * @param url      the page's address, absolute, or only "?query"; may be empty
 * @param referrer may be empty
 * @param given    what the caller knows; each non-empty field wins over the URL; may be NULL
 * @param scratch  cap bytes, at least hw_classify_scratch()
 * @return HW_E_BUFFER when cap is too small. Odd URLs are no errors: what cannot be read is not
 * there.
 */
HW_API HW_NODISCARD hw_status hw_classify(const hw_sources *known, const hw_source_rules *rules,
                                          hw_str url, hw_str referrer, const hw_source *given,
                                          char *scratch, size_t cap, hw_classified *out);

/** True for the source that stands for no source: "(direct)", or the channel Direct. */
HW_API int hw_source_is_direct(const hw_source *source);

/** True for channels that are paid for: Paid …, Display, Cross-network, Affiliates. */
HW_API int hw_channel_is_paid(hw_str channel);

#endif
