#include "source/channel.h"
#include "source/known_sources.h"
#include "source/url.h"

static const struct {
    const char *name, *source, *medium;
} click_ids[HW_CLICK_ID_COUNT] = {
#define HW_X(parameter, source, medium) {parameter, source, medium},
    HW_CLICK_ID_MAP(HW_X)
#undef HW_X
};

const char *hw_click_id_name(size_t i) {
    return i < HW_CLICK_ID_COUNT ? click_ids[i].name : NULL;
}

/* A parameter's name decoded; names longer than any known one are cut, and so match none. */
static hw_str decode_name(hw_str raw, char *buf, size_t cap) {
    hw__scratch s = {buf, 0, cap};
    bool cut;
    if (raw.len > cap / 3) raw.len = cap / 3;
    return hw__url_decode(raw, true, &s, &cut);
}

static int click_id_of(hw_str name) {
    if (hw__str_eq(name, HW_STR("ScCid"))) name = HW_STR("sccid");
    for (int i = 0; i < HW_CLICK_ID_COUNT; i++)
        if (hw__str_eq(name, hw__str_of(click_ids[i].name))) return i;
    return -1;
}

static hw_str *utm_field(hw_source *s, hw_str name) {
    if (name.len < 5 || memcmp(name.ptr, "utm_", 4) != 0) return NULL;
    name = hw__str_from(name, 4);
    if (hw__str_eq(name, HW_STR("source"))) return &s->source;
    if (hw__str_eq(name, HW_STR("medium"))) return &s->medium;
    if (hw__str_eq(name, HW_STR("campaign"))) return &s->campaign;
    if (hw__str_eq(name, HW_STR("term"))) return &s->term;
    if (hw__str_eq(name, HW_STR("content"))) return &s->content;
    return NULL;
}

static void read_query(hw_str url, hw__scratch *scratch, hw_classified *out, hw_str *utm_id) {
    hw_str rest = hw__url_query(url), raw_name, raw_value;
    while (hw__url_next(&rest, &raw_name, &raw_value)) {
        char buf[128];
        bool cut;
        if (raw_name.len > sizeof buf / 3 || !raw_value.len) continue;
        hw_str name = decode_name(raw_name, buf, sizeof buf);
        hw_str *field = hw__str_eq(name, HW_STR("utm_id")) ? utm_id : utm_field(&out->source, name);
        int id = field ? -1 : click_id_of(name);
        if (id >= 0) field = &out->click_id[id];
        if (!field || field->len) continue; /* the first that is not empty counts */
        hw_str value = hw__url_decode(raw_value, id < 0, scratch, &cut);
        if (cut && id >= 0) continue;
        *field = value;
    }
}

/* `host` is `parent` or below it. */
static bool within(hw_str host, hw_str parent) {
    if (parent.len > 4 && hw__str_eq_nocase((hw_str){parent.ptr, 4}, HW_STR("www.")))
        parent = hw__str_from(parent, 4);
    if (!parent.len || host.len < parent.len) return false;
    size_t at = host.len - parent.len;
    return hw__str_eq_nocase(hw__str_from(host, at), parent) &&
           (at == 0 || host.ptr[at - 1] == '.');
}

static bool within_any(hw_str host, const hw_str *list, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (within(host, list[i])) return true;
    return false;
}

static hw_str path_of(hw_str referrer) {
    hw_str p = hw__url_path(referrer);
    return p.len > 7 ? (hw_str){p.ptr, 7} : p;
}

static void from_referrer(const hw_sources *known, hw_str referrer, hw_str host,
                          hw_classified *out) {
    hw_source *s = &out->source;
    if (hw__str_eq(host, HW_STR("x.com")) && hw__str_eq(path_of(referrer), HW_STR("/i/grok"))) {
        s->source = HW_STR("grok");
        s->medium = HW_STR("ai-assistant");
        s->campaign = HW_STR("(ai-assistant)");
        return;
    }
    hw__known k = hw__known_find(known, host);
    s->source = k.category ? k.name : host;
    switch (k.category) {
    case HW__SEARCH:
        s->medium = HW_STR("organic");
        break;
    case HW__EMAIL:
        s->medium = HW_STR("email");
        break;
    case HW__AI:
        s->medium = HW_STR("ai-assistant");
        s->campaign = HW_STR("(ai-assistant)");
        break;
    default:
        s->medium = HW_STR("referral");
    }
}

/* Google's auto-tagging wins over UTM; any other id only fills what UTM leaves open. */
static void from_click_ids(hw_classified *out) {
    for (int i = 0; i < HW_CLICK_ID_COUNT; i++) {
        if (!out->click_id[i].len) continue;
        hw_source *s = &out->source;
        bool google = hw__str_eq(hw__str_of(click_ids[i].source), HW_STR("google"));
        if (google || (!s->source.len && !s->medium.len)) {
            s->source = hw__str_of(click_ids[i].source);
            s->medium =
                click_ids[i].medium[0] ? hw__str_of(click_ids[i].medium) : HW_STR("referral");
        } else if (!s->medium.len)
            s->medium = hw__str_of(click_ids[i].medium);
        return;
    }
}

static void prefer(hw_str *field, hw_str given) {
    if (given.len) *field = given;
}

/* A value decodes to at most 3 bytes a byte (U+FFFD for a stray one). A host is written as it is
 * and, when it is not plain ASCII, decoded behind that; it has at most 253 bytes. */
size_t hw_classify_scratch(hw_str url, hw_str referrer, const hw_source *given) {
    (void)given;
    (void)referrer;
    return 3 * url.len + 2 * (253 + 3 * 253);
}

hw_status hw_classify(const hw_sources *known, const hw_source_rules *rules, hw_str url,
                      hw_str referrer, const hw_source *given, char *buf, size_t cap,
                      hw_classified *out) {
    if (cap < hw_classify_scratch(url, referrer, given)) return HW_E_BUFFER;
    hw__scratch scratch = {buf, 0, cap};
    hw_classified r = {.origin = HW_ORIGIN_DIRECT};
    hw_str utm_id = {NULL, 0};
    read_query(url, &scratch, &r, &utm_id);
    if (!r.source.campaign.len) r.source.campaign = utm_id;
    bool tagged = r.source.source.len || r.source.medium.len || r.source.campaign.len;
    for (int i = 0; i < HW_CLICK_ID_COUNT; i++) tagged |= r.click_id[i].len > 0;
    from_click_ids(&r);

    hw_str own = hw__url_host(url, &scratch);
    hw_str from = hw__url_host(referrer, &scratch);
    bool inside =
        from.len && (within(from, own) || within(own, from) ||
                     (rules && (within_any(from, rules->own_hosts, rules->own_count) ||
                                within_any(from, rules->excluded_hosts, rules->excluded_count))));
    if (given &&
        (given->source.len || given->medium.len || given->campaign.len || given->channel.len)) {
        prefer(&r.source.source, given->source);
        prefer(&r.source.medium, given->medium);
        prefer(&r.source.campaign, given->campaign);
        prefer(&r.source.term, given->term);
        prefer(&r.source.content, given->content);
        tagged = true;
    }
    if (tagged) {
        r.origin = HW_ORIGIN_TAGGED; /* a campaign alone is no direct visit */
        if (!r.source.source.len) r.source.source = HW_STR("(not set)");
    } else if (inside) {
        r.origin = HW_ORIGIN_INTERNAL;
    } else if (from.len) {
        r.origin = HW_ORIGIN_REFERRER;
        from_referrer(known, referrer, from, &r);
    } else {
        r.source.source = HW_STR("(direct)");
        r.source.medium = HW_STR("(none)");
    }
    if (r.origin != HW_ORIGIN_INTERNAL) {
        if (given && given->channel.len) {
            r.source.channel = given->channel;
            r.rule = HW_STR("given");
        } else
            hw__channel_of(known, rules, &r.source, &r.rule);
    }
    *out = r;
    return HW_OK;
}
