#include "hw_test.h"

#include "source/channel.h"
#include "source/known_sources.h"

static char scratch[1 << 16];
static hw_sources *known;

static hw_classified classify(const hw_source_rules *rules, const char *url, const char *referrer) {
    hw_classified c;
    CHECK(hw_classify(known, rules, hw__str_of(url), hw__str_of(referrer), NULL, scratch,
                      sizeof scratch, &c) == HW_OK);
    return c;
}

static const struct {
    const char *url, *referrer, *channel, *source, *medium;
} table[] = {
    {"https://a.com/", "", "Direct", "(direct)", "(none)"},
    {"https://a.com/?utm_source=google&utm_medium=cpc", "", "Paid Search", "google", "cpc"},
    {"https://a.com/?UTM_SOURCE=google", "", "Direct", "(direct)", "(none)"},
    {"https://a.com/?gclid=x&utm_source=news&utm_medium=email", "", "Paid Search", "google", "cpc"},
    {"https://a.com/?fbclid=x", "", "Organic Social", "facebook", "referral"},
    {"https://a.com/?fbclid=x&utm_source=fb&utm_medium=paid_social", "", "Paid Social", "fb",
     "paid_social"},
    {"https://a.com/?ttclid=x", "", "Paid Social", "tiktok", "cpc"},
    {"https://a.com/?dclid=x", "", "Display", "doubleclick", "cpm"},
    {"https://a.com/?irclickid=1", "", "Affiliates", "impact", "affiliate"},
    {"https://a.com/?msclkid=1", "https://www.bing.com/", "Paid Search", "bing", "cpc"},
    {"https://a.com/", "https://www.google.de/", "Organic Search", "google", "organic"},
    {"https://a.com/", "https://www.google.co.uk/search?q=x", "Organic Search", "google",
     "organic"},
    {"https://a.com/", "https://google.evil.com/", "Referral", "google.evil.com", "referral"},
    {"https://a.com/", "https://www.google.com.evil.com/", "Referral", "google.com.evil.com",
     "referral"},
    {"https://a.com/", "https://notfacebook.com/", "Referral", "notfacebook.com", "referral"},
    {"https://a.com/", "https://l.facebook.com/l.php", "Organic Social", "facebook", "referral"},
    {"https://a.com/", "https://de.search.yahoo.com/", "Organic Search", "yahoo", "organic"},
    {"https://a.com/", "https://mail.google.com/", "Email", "gmail", "email"},
    {"https://a.com/", "android-app://com.google.android.gm/", "Email", "gmail", "email"},
    {"https://a.com/", "android-app://com.google.android.googlequicksearchbox/", "Organic Search",
     "google", "organic"},
    {"https://a.com/", "https://chatgpt.com/", "AI Assistant", "chatgpt", "ai-assistant"},
    {"https://a.com/", "https://x.com/i/grok?q=1", "AI Assistant", "grok", "ai-assistant"},
    {"https://a.com/", "https://x.com/someone", "Organic Social", "twitter", "referral"},
    {"https://a.com/", "https://m.youtube.com/watch?v=1", "Organic Video", "youtube", "referral"},
    {"https://a.com/", "https://www.amazon.co.jp/", "Organic Shopping", "amazon", "referral"},
    {"https://a.com/", "http://user:pw@Blog.Example.org:8080/x", "Referral", "blog.example.org",
     "referral"},
    {"https://a.com/", "https://[2001:db8::1]:443/", "Referral", "[2001:db8::1]", "referral"},
    {"https://a.com/", "not a url", "Direct", "(direct)", "(none)"},
    {"https://a.com/", "https:///nohost", "Direct", "(direct)", "(none)"},
    {"https://a.com/", "//cdn.example.org/x", "Referral", "cdn.example.org", "referral"},
    {"?utm_source=acme&utm_medium=sms", "", "SMS", "acme", "sms"},
    {"https://a.com/?utm_source=%E0%A4%A&utm_medium=email", "", "Email",
     "\xef\xbf\xbd\xef\xbf\xbd%A", "email"},
    {"https://a.com/?utm_source=a%00b%0Ac&utm_medium=email", "", "Email", "a b c", "email"},
    {"https://a.com/?utm_source=a+b%2Bc&utm_medium=e+mail", "", "Email", "a b+c", "e mail"},
    {"https://a.com/?utm_source=&utm_source=acme&utm_medium=audio", "", "Audio", "acme", "audio"},
    {"https://a.com/?utm%5Fsource=acme&utm_medium=app", "", "Referral", "acme", "app"},
    {"https://a.com/?a=1;utm_source=x", "", "Direct", "(direct)", "(none)"},
    {"https://a.com/#?utm_source=x", "", "Direct", "(direct)", "(none)"},
    {"https://a.com/?&&=&utm_source", "", "Direct", "(direct)", "(none)"},
    {"https://a.com/?utm_campaign=pmax%20Cross-network", "", "Cross-network", "(not set)", ""},
    {"https://a.com/?utm_id=77", "", "Unassigned", "(not set)", ""},
};

static void sources(void) {
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        hw_classified c = classify(NULL, table[i].url, table[i].referrer);
        CHECK_STR(c.source.source, table[i].source);
        CHECK_STR(c.source.medium, table[i].medium);
        CHECK_STR(c.source.channel, table[i].channel);
    }
}

static void site_rules(void) {
    const hw_channel_rule rules[] = {
        {HW_STR("Newsletter"), HW_STR("Klaviyo"), {NULL, 0}, {NULL, 0}},
        {HW_STR("Never"), {NULL, 0}, {NULL, 0}, {NULL, 0}},
        {HW_STR("Brand"), HW_STR("google"), HW_STR("cpc"), HW_STR("brand")}};
    const hw_str excluded[] = {HW_STR("paypal.com")}, own[] = {HW_STR("www.shop.de")};
    const hw_source_rules r = {rules, 3, excluded, 1, own, 1};
    CHECK_STR(classify(&r, "?utm_source=klaviyo&utm_medium=x", "").source.channel, "Newsletter");
    CHECK_STR(
        classify(&r, "?utm_source=google&utm_medium=cpc&utm_campaign=Brand", "").source.channel,
        "Brand");
    CHECK_STR(classify(&r, "?utm_source=google&utm_medium=cpc", "").source.channel, "Paid Search");
    CHECK_INT(classify(&r, "https://a.com", "https://checkout.paypal.com/x").origin,
              HW_ORIGIN_INTERNAL);
    CHECK_INT(classify(&r, "https://a.com", "https://notpaypal.com/x").origin, HW_ORIGIN_REFERRER);
    CHECK_INT(classify(&r, "https://a.com", "https://blog.shop.de/").origin, HW_ORIGIN_INTERNAL);
    CHECK_INT(classify(&r, "https://www.a.com/x", "https://a.com/y").origin, HW_ORIGIN_INTERNAL);
    CHECK_INT(classify(&r, "https://shop.a.com/x", "https://a.com/y").origin, HW_ORIGIN_INTERNAL);
    CHECK_INT(classify(&r, "https://a.com/?utm_source=x", "https://a.com/y").origin,
              HW_ORIGIN_TAGGED);
}

static void given(void) {
    hw_source g = {.source = HW_STR("partner"), .medium = HW_STR("cpc"), .term = HW_STR("t")};
    hw_classified c;
    hw_str url = HW_STR("https://a.com/?utm_source=google&utm_campaign=c&gclid=1");
    CHECK(hw_classify(known, NULL, url, (hw_str){NULL, 0}, &g, scratch, sizeof scratch, &c) ==
          HW_OK);
    CHECK_STR(c.source.source, "partner");
    CHECK_STR(c.source.campaign, "c");
    CHECK_STR(c.source.channel, "Paid Other");
    g.channel = HW_STR("My Channel");
    CHECK(hw_classify(known, NULL, url, (hw_str){NULL, 0}, &g, scratch, sizeof scratch, &c) ==
          HW_OK);
    CHECK_STR(c.source.channel, "My Channel");
    CHECK_STR(c.rule, "given");
    CHECK_INT(hw_classify(known, NULL, url, (hw_str){NULL, 0}, NULL, scratch, 3, &c), HW_E_BUFFER);
}

static void click_ids(void) {
    hw_classified c =
        classify(NULL, "https://a.com/?ScCid=AbC&sccid=x&wbraid=CjkKCQ%2D1&epik=a+b", "");
    for (size_t i = 0; i < HW_CLICK_ID_COUNT; i++) {
        hw_str name = hw__str_of(hw_click_id_name(i));
        const char *expected = hw__str_eq(name, HW_STR("sccid"))    ? "AbC"
                               : hw__str_eq(name, HW_STR("wbraid")) ? "CjkKCQ-1"
                               : hw__str_eq(name, HW_STR("epik"))   ? "a+b"
                                                                    : "";
        CHECK_STR(c.click_id[i], expected);
    }
    CHECK(hw_click_id_name(HW_CLICK_ID_COUNT) == NULL);
    char url[2000] = "?gclid=";
    memset(url + 7, 'a', 600);
    strcpy(url + 607, "&utm_source=");
    memset(url + 619, 'b', 600);
    c = classify(NULL, url, "");
    CHECK_INT(c.click_id[0].len, 0); /* a cut id is no id */
    CHECK_INT(c.source.source.len, HW_SOURCE_VALUE_MAX);
}

/* The scratch is enough for whatever bytes come, to the last one. */
static void scratch_suffices(void) {
    uint64_t s = seed("source");
    static const char alphabet[] = "?&=%#/:.@+aw0\xc3\xff utm_source=gclid=www.https://";
    for (int round = 0; round < 100000; round++) {
        char url[200], referrer[200];
        size_t nu = upto(&s, sizeof url), nr = upto(&s, sizeof referrer);
        for (size_t i = 0; i < nu; i++) url[i] = alphabet[upto(&s, sizeof alphabet - 1)];
        for (size_t i = 0; i < nr; i++) referrer[i] = alphabet[upto(&s, sizeof alphabet - 1)];
        size_t need = hw_classify_scratch((hw_str){url, nu}, (hw_str){referrer, nr}, NULL);
        char *exact = malloc(need);
        hw_classified c;
        CHECK(hw_classify(known, NULL, (hw_str){url, nu}, (hw_str){referrer, nr}, NULL, exact, need,
                          &c) == HW_OK);
        CHECK((c.origin == HW_ORIGIN_INTERNAL) == (c.source.channel.len == 0));
        free(exact);
    }
}

static void kinds(void) {
    hw_source s = {.channel = HW_STR("Direct")};
    CHECK(hw_source_is_direct(&s));
    s = (hw_source){.channel = HW_STR("x"), .source = HW_STR("(Direct)")};
    CHECK(hw_source_is_direct(&s));
    s.source = HW_STR("google");
    CHECK(!hw_source_is_direct(&s));
    CHECK(hw_channel_is_paid(HW_STR("Paid Search")) && hw_channel_is_paid(HW_STR("Display")));
    CHECK(!hw_channel_is_paid(HW_STR("Organic Search")) && !hw_channel_is_paid(HW_STR("Paid")));
}

/* Every pattern of every line finds a line that has it: none is lost in the table. */
static void known_patterns(void) {
    int n = 0;
    for (const char *line = hw__known_lines; *line; line = strchr(line, '\n') + 1) {
        while (*line == '|') line++;
        char buf[HW__KNOWN_PATTERN_MAX + 1];
        hw_str p;
        for (size_t at = 0; *line && hw__known_pattern(line, &at, buf, &p); n++) {
            hw__known k = hw__known_find(known, p);
            CHECK(k.category != HW__UNKNOWN && k.name.len);
        }
        if (!*line) break;
    }
    CHECK(n > 600);
    CHECK(hw__known_find(known, HW_STR("")).category == HW__UNKNOWN);
    CHECK(hw__known_find(known, HW_STR("zzzz")).category == HW__UNKNOWN);
    CHECK_STR(hw__known_find(known, HW_STR("com.google.android.gm")).name, "gmail");
    CHECK_STR(hw__known_find(known, HW_STR("kimi.moonshot.cn")).name, "kimi");
    CHECK(hw__known_find(known, HW_STR("chatgpt.com")).category == HW__AI);
    CHECK(hw__known_find(known, HW_STR("google")).category == HW__SEARCH);
}

int main(void) {
    hw_allocator a = hw_default_allocator();
    if (hw_sources_create(&a, &known) != HW_OK) return 1;
    RUN(sources);
    RUN(site_rules);
    RUN(given);
    RUN(click_ids);
    RUN(scratch_suffices);
    RUN(kinds);
    RUN(known_patterns);
    hw_sources_destroy(known);
    return hw_report();
}
