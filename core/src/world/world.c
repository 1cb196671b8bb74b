#include "world/world.h"

/* Weights are per mille: to open a journey, to go on in one, and how much a touch moves to buying.
 */
static const struct {
    hw__wsource s;
    uint16_t opens, follows, lift;
} sources[] = {
    {{"Paid Social", "facebook", "paid_social", "prospecting", HW_CLICK}, 150, 50, 14},
    {{"Paid Social", "tiktok", "paid_social", "creators", HW_CLICK}, 70, 20, 8},
    {{"Paid Video", "youtube", "cpv", "brand film", HW_IMPRESSION}, 110, 40, 10},
    {{"Display", "doubleclick", "display", "reach", HW_IMPRESSION}, 90, 60, 4},
    {{"Display", "criteo", "display", "retargeting", HW_IMPRESSION}, 0, 120, 3},
    {{"Paid Search", "google", "cpc", "generic", HW_CLICK}, 140, 70, 30},
    {{"Paid Search", "google", "cpc", "brand", HW_CLICK}, 20, 130, 45},
    {{"Paid Search", "bing", "cpc", "generic", HW_CLICK}, 30, 20, 28},
    {{"Paid Shopping", "google", "cpc", "shopping feed", HW_CLICK}, 60, 60, 34},
    {{"Organic Search", "google", "organic", "", HW_VISIT}, 130, 90, 26},
    {{"Organic Social", "instagram", "social", "", HW_VISIT}, 60, 30, 10},
    {{"Organic Video", "youtube", "video", "", HW_VISIT}, 25, 15, 9},
    {{"Email", "newsletter", "email", "weekly", HW_CLICK}, 5, 110, 38},
    {{"Email", "newsletter", "email", "abandoned cart", HW_CLICK}, 0, 45, 60},
    {{"Affiliates", "awin", "affiliate", "vouchers", HW_CLICK}, 20, 45, 32},
    {{"AI Assistant", "chatgpt", "ai-assistant", "(ai-assistant)", HW_VISIT}, 25, 15, 40},
    {{"Referral", "blog.example.org", "referral", "", HW_VISIT}, 35, 20, 18},
    {{"Direct", "(direct)", "(none)", "", HW_VISIT}, 30, 60, 24},
};
enum { SOURCES = sizeof sources / sizeof *sources };

static uint64_t below(hw__world *w, uint64_t n) {
    return hw__rng_below(&w->random, n);
}

void hw__world_init(hw__world *w, uint64_t seed, int64_t start_ms, int64_t span_ms,
                    uint32_t touches) {
    *w = (hw__world){.start_ms = start_ms, .span_ms = span_ms, .stays = 780, .slow = 100};
    if (touches) {
        w->stays = 1000 - 1000 / (touches + 2);
        w->slow = 100 * (touches + 2);
    }
    hw__rng_seed(&w->random, seed);
}

static int pick(hw__world *w, bool opens) {
    uint32_t sum = 0;
    for (int i = 0; i < SOURCES; i++) sum += opens ? sources[i].opens : sources[i].follows;
    uint64_t at = below(w, sum);
    for (int i = 0;; i++) {
        uint32_t weight = opens ? sources[i].opens : sources[i].follows;
        if (at < weight) return i;
        at -= weight;
    }
}

/* Many short waits, few long ones: a power of two of minutes from 20 min to 14 days, spread evenly.
 */
static int64_t wait(hw__world *w) {
    uint64_t base = UINT64_C(20) << below(w, 10);
    return (int64_t)((base + below(w, base)) * 60000 + below(w, 60000));
}

/* Around 60, skewed: 12 fair halves make a bell, 2^ it a right tail. Whole cents. */
static int64_t order_value(hw__world *w) {
    double bell = 0;
    for (int i = 0; i < 12; i++) bell += (double)below(w, 1000) / 1000.0;
    double value = 240.0 * hw__exp2((bell - 12.0) / 3.0);
    return (int64_t)(value * 100.0) * 10000 + 90000;
}

static void live(hw__world *w, hw__wjourney *j, int64_t at, bool is_new) {
    j->len = 0;
    j->converts = false;
    j->value = 0;
    uint32_t urge = 0;
    int last = -1;
    do {
        int s = pick(w, is_new && j->len == 0);
        if (s == last && below(w, 3))
            s = pick(w, false); /* repeats happen, but less than by chance */
        j->source[j->len] = &sources[s].s;
        uint16_t lift = (uint16_t)(sources[s].lift * (is_new ? 1 : 4)); /* who knows the shop */
        j->lift[j->len] = lift;
        j->at[j->len++] = at;
        last = s;
        urge += lift;
        if (below(w, 10 * w->slow) < urge) {
            j->converts = true;
            j->converted_at = at + (int64_t)(2 + below(w, 45)) * 60000;
            j->value = order_value(w);
            return;
        }
        at += wait(w);
    } while (j->len < HW__WORLD_TOUCHES_MAX && below(w, 1000) < w->stays);
}

void hw__world_next(hw__world *w, hw__wjourney *j) {
    live(w, j, w->start_ms + (int64_t)below(w, (uint64_t)w->span_ms), true);
    if (!w->again) return;
    /* Half come back nearly each time, half hardly ever; some within days, some within months. */
    uint32_t some = (uint32_t)below(w, w->again / 4 + 1);
    w->loyal = below(w, 2) ? 2 * w->again - some : some;
    w->pace = (uint32_t)(UINT64_C(8) << below(w, 4));
}

bool hw__world_again(hw__world *w, hw__wjourney *j) {
    enum { DAY_MS = 86400000 };
    if (!w->again || !j->converts || below(w, 1000) >= w->loyal) return false;
    int64_t at = j->converted_at + (int64_t)below(w, UINT64_C(2) * w->pace * DAY_MS);
    if (at >= w->start_ms + w->span_ms) return false;
    int64_t cents = j->value / 10000;
    live(w, j, at, false);
    /* Half to one and a half of what it spent last time. */
    if (j->converts) j->value = (cents / 2 + (int64_t)below(w, (uint64_t)cents + 1)) * 10000;
    return true;
}
