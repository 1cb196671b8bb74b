/* URL, referrer and given source, cut at NUL bytes: the result holds valid UTF-8, in bounds. */
#include "fuzz.h"

static bool utf8(hw_str s) {
    for (size_t i = 0; i < s.len;) {
        unsigned char c = (unsigned char)s.ptr[i];
        size_t n = c < 0x80 ? 1 : c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc2 ? 2 : 0;
        if (!n || s.len - i < n || c < 0x20 || c == 0x7f) return false;
        for (size_t k = 1; k < n; k++)
            if (((unsigned char)s.ptr[i + k] & 0xc0) != 0x80) return false;
        i += n;
    }
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    hw_str url = {(const char *)data, size}, referrer = {NULL, 0};
    const uint8_t *nul = size ? memchr(data, 0, size) : NULL;
    if (nul) {
        url.len = (size_t)(nul - data);
        referrer = (hw_str){(const char *)nul + 1, size - url.len - 1};
    }
    size_t need = hw_classify_scratch(url, referrer, NULL);
    static hw_sources *known;
    hw_allocator a = hw_default_allocator();
    if (!known) MUST(hw_sources_create(&a, &known) == HW_OK);
    char *scratch = malloc(need);
    hw_classified c;
    const hw_str excluded[] = {HW_STR("paypal.com")};
    const hw_source_rules rules = {.excluded_hosts = excluded, .excluded_count = 1};
    if (!scratch) return 0;
    MUST(hw_classify(known, &rules, url, referrer, NULL, scratch, need, &c) == HW_OK);
    const hw_str texts[] = {c.source.channel, c.source.source,  c.source.medium, c.source.campaign,
                            c.source.term,    c.source.content, c.rule};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        MUST(texts[i].len <= HW_SOURCE_VALUE_MAX && utf8(texts[i]));
    for (size_t i = 0; i < HW_CLICK_ID_COUNT; i++) MUST(utf8(c.click_id[i]));
    MUST((c.origin == HW_ORIGIN_INTERNAL) == (c.source.channel.len == 0));
    free(scratch);
    return 0;
}
