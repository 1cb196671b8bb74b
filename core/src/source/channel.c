#include "source/channel.h"
#include "source/known_sources.h"

/* Values longer than this are matched by their first bytes: no rule needs more. */
enum { FOLD = 128 };

typedef struct folded {
    char at[FOLD];
    hw_str s;
} folded;

static void fold(folded *f, hw_str s) {
    size_t n = s.len < FOLD ? s.len : FOLD;
    for (size_t i = 0; i < n; i++) f->at[i] = hw__lower(s.ptr[i]);
    f->s = (hw_str){f->at, n};
}

static bool is(hw_str s, const char *z) {
    return hw__str_eq(s, hw__str_of(z));
}

static bool any(hw_str s, const char *const *list) {
    for (; *list; list++)
        if (is(s, *list)) return true;
    return false;
}

static bool contains(hw_str s, const char *z) {
    size_t n = strlen(z);
    for (size_t i = 0; i + n <= s.len; i++)
        if (memcmp(s.ptr + i, z, n) == 0) return true;
    return false;
}

static bool starts(hw_str s, const char *z) {
    return s.len >= strlen(z) && memcmp(s.ptr, z, strlen(z)) == 0;
}

static bool ends(hw_str s, const char *z) {
    size_t n = strlen(z);
    return s.len >= n && memcmp(s.ptr + s.len - n, z, n) == 0;
}

/* ^(.*cp.*|ppc|retargeting|paid.*)$ */
static bool paid(hw_str m) {
    return contains(m, "cp") || is(m, "ppc") || is(m, "retargeting") || starts(m, "paid");
}

/* ^(.*(([^a-df-z]|^)shop|shopping).*)$ : the letter before "shop" may only be an e. */
static bool shop_campaign(hw_str c) {
    if (contains(c, "shopping")) return true;
    for (size_t i = 0; i + 4 <= c.len; i++) {
        if (memcmp(c.ptr + i, "shop", 4) != 0) continue;
        char before = i ? c.ptr[i - 1] : 'e';
        if (before < 'a' || before > 'z' || before == 'e') return true;
    }
    return false;
}

static bool site_rule(const hw_channel_rule *r, const hw_source *s) {
    return (!r->source.len || hw__str_eq_nocase(r->source, s->source)) &&
           (!r->medium.len || hw__str_eq_nocase(r->medium, s->medium)) &&
           (!r->campaign.len || hw__str_eq_nocase(r->campaign, s->campaign)) &&
           (r->source.len || r->medium.len || r->campaign.len);
}

/* X(channel, rule) set by number, so that name and rule stand together. */
#define CHANNELS(X)                                                                                \
    X(DIRECT, "Direct", "ga4:direct")                                                              \
    X(CROSS, "Cross-network", "ga4:cross_network")                                                 \
    X(PAID_SHOPPING, "Paid Shopping", "ga4:paid_shopping")                                         \
    X(PAID_SEARCH, "Paid Search", "ga4:paid_search")                                               \
    X(PAID_SOCIAL, "Paid Social", "ga4:paid_social")                                               \
    X(PAID_VIDEO, "Paid Video", "ga4:paid_video")                                                  \
    X(DISPLAY, "Display", "ga4:display")                                                           \
    X(PAID_OTHER, "Paid Other", "ga4:paid_other")                                                  \
    X(AI, "AI Assistant", "ga4:ai_assistant")                                                      \
    X(SHOPPING, "Organic Shopping", "ga4:organic_shopping")                                        \
    X(SOCIAL, "Organic Social", "ga4:organic_social")                                              \
    X(VIDEO, "Organic Video", "ga4:organic_video")                                                 \
    X(SEARCH, "Organic Search", "ga4:organic_search")                                              \
    X(REFERRAL, "Referral", "ga4:referral")                                                        \
    X(EMAIL, "Email", "ga4:email")                                                                 \
    X(AFFILIATES, "Affiliates", "ga4:affiliates")                                                  \
    X(AUDIO, "Audio", "ga4:audio")                                                                 \
    X(SMS, "SMS", "ga4:sms")                                                                       \
    X(PUSH, "Mobile Push Notifications", "ga4:mobile_push")                                        \
    X(UNASSIGNED, "Unassigned", "ga4:unassigned")

enum channel {
#define HW_X(id, name, rule) CH_##id,
    CHANNELS(HW_X)
#undef HW_X
};

static const hw_str channel_names[] = {
#define HW_X(id, name, rule) {name, sizeof name - 1},
    CHANNELS(HW_X)
#undef HW_X
};

static const hw_str channel_rules[] = {
#define HW_X(id, name, rule) {rule, sizeof rule - 1},
    CHANNELS(HW_X)
#undef HW_X
};

static enum channel default_group(const hw_sources *known, hw_str s, hw_str m, hw_str c) {
    static const char *const none[] = {"", "(none)", "(not set)", NULL};
    static const char *const display[] = {"display",      "banner", "expandable",
                                          "interstitial", "cpm",    NULL};
    static const char *const social[] = {
        "social", "social-network", "social-media", "sm", "social network", "social media", NULL};
    static const char *const referral[] = {"referral", "app", "link", NULL};
    static const char *const email[] = {"email", "e-mail", "e_mail", "e mail", NULL};

    if ((s.len == 0 || is(s, "(direct)")) && any(m, none)) return CH_DIRECT;
    if (contains(c, "cross-network")) return CH_CROSS;
    hw__category kind = hw__known_find(known, s).category;
    bool shop = kind == HW__SHOPPING || shop_campaign(c);
    if (paid(m)) {
        if (shop) return CH_PAID_SHOPPING;
        if (kind == HW__SEARCH) return CH_PAID_SEARCH;
        if (kind == HW__SOCIAL) return CH_PAID_SOCIAL;
        if (kind == HW__VIDEO) return CH_PAID_VIDEO;
    }
    if (any(m, display)) return CH_DISPLAY;
    if (paid(m)) return CH_PAID_OTHER;
    if (kind == HW__AI || is(m, "ai-assistant")) return CH_AI;
    if (shop) return CH_SHOPPING;
    if (kind == HW__SOCIAL || any(m, social)) return CH_SOCIAL;
    if (kind == HW__VIDEO || contains(m, "video")) return CH_VIDEO;
    if (kind == HW__SEARCH || is(m, "organic")) return CH_SEARCH;
    if (any(m, referral)) return CH_REFERRAL;
    if (any(m, email) || any(s, email)) return CH_EMAIL;
    if (is(m, "affiliate")) return CH_AFFILIATES;
    if (is(m, "audio")) return CH_AUDIO;
    if (is(m, "sms") || is(s, "sms")) return CH_SMS;
    if (ends(m, "push") || contains(m, "mobile") || contains(m, "notification") ||
        is(s, "firebase"))
        return CH_PUSH;
    return CH_UNASSIGNED;
}

void hw__channel_of(const hw_sources *known, const hw_source_rules *rules, hw_source *source,
                    hw_str *rule) {
    for (size_t i = 0; rules && i < rules->rule_count; i++) {
        if (!site_rule(&rules->rules[i], source)) continue;
        source->channel = rules->rules[i].channel;
        *rule = HW_STR("site");
        return;
    }
    folded s, m, c;
    fold(&s, source->source);
    fold(&m, source->medium);
    fold(&c, source->campaign);
    enum channel ch = default_group(known, s.s, m.s, c.s);
    source->channel = channel_names[ch];
    *rule = channel_rules[ch];
}

int hw_source_is_direct(const hw_source *source) {
    return hw__str_eq(source->channel, HW_STR("Direct")) ||
           hw__str_eq_nocase(source->source, HW_STR("(direct)"));
}

int hw_channel_is_paid(hw_str channel) {
    static const char *const paid_names[] = {"Cross-network", "Display", "Affiliates", NULL};
    return starts(channel, "Paid ") || any(channel, paid_names);
}
