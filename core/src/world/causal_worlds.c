#include "world/causal.h"

#define SOCIAL {"Paid Social", "facebook", "paid_social", "prospecting", HW_CLICK}
#define VIDEO {"Online Video", "youtube", "cpv", "brand film", HW_IMPRESSION}
#define DISPLAY {"Display", "doubleclick", "display", "reach", HW_IMPRESSION}
#define RETARGETING {"Retargeting", "criteo", "display", "retargeting", HW_IMPRESSION}
#define GENERIC {"Generic Search", "google", "cpc", "generic", HW_CLICK}
#define BRAND {"Brand Search", "google", "cpc", "brand", HW_CLICK}
#define EMAIL {"Email", "newsletter", "email", "weekly", HW_CLICK}
#define AFFILIATES {"Affiliates", "awin", "affiliate", "vouchers", HW_CLICK}
#define DIRECT {"Direct", "(direct)", "(none)", "", HW_VISIT}

/* Every world has channels that do nothing (lift 0, no moves) and yet meet people who want to buy.
 */
static const hw__causal worlds[] = {
    {.name = "additive",
     .about = "each touch adds its own effect, which fades; retargeting and display do nothing",
     .plans = {{SOCIAL, .always = 0.025, .lift = 0.018, .slow = true},
               {VIDEO, .always = 0.03, .lift = 0.010, .slow = true},
               {DISPLAY, .always = 0.03},
               {RETARGETING, .wanting = 0.10, .chasing = 0.10},
               {GENERIC, .always = 0.012, .wanting = 0.05, .lift = 0.045},
               {BRAND, .always = 0.004, .wanting = 0.06, .lift = 0.012},
               {EMAIL, .always = 0.025, .lift = 0.022},
               {AFFILIATES, .always = 0.008, .wanting = 0.02, .lift = 0.030},
               {DIRECT, .always = 0.004, .wanting = 0.08}},
     .count = 9,
     .onset = 0.006,
     .lasting = 3,
     .base = 0.0004,
     .wanted = 0.04},
    {.name = "interaction",
     .about = "video and social make the effects of others bigger for days; effects saturate",
     .plans = {{SOCIAL, .always = 0.025, .lift = 0.008, .slow = true, .primes = true},
               {VIDEO, .always = 0.03, .lift = 0.003, .slow = true, .primes = true},
               {DISPLAY, .always = 0.03},
               {RETARGETING, .wanting = 0.10, .chasing = 0.10},
               {GENERIC, .always = 0.015, .wanting = 0.05, .lift = 0.035},
               {BRAND, .always = 0.004, .wanting = 0.06, .lift = 0.010},
               {EMAIL, .always = 0.025, .lift = 0.020},
               {AFFILIATES, .always = 0.008, .wanting = 0.02, .lift = 0.020},
               {DIRECT, .always = 0.004, .wanting = 0.08}},
     .count = 9,
     .onset = 0.006,
     .lasting = 3,
     .base = 0.0004,
     .wanted = 0.04,
     .synergy = 1.5,
     .full = 0.06,
     .sated = true},
    {.name = "funnel",
     .about = "touches move people from unaware to interested to ready, and the ready buy; who is "
              "ready searches the brand, which does nothing",
     .plans = {{SOCIAL, .always = 0.025, .moves = {0.30, 0.08}},
               {VIDEO, .always = 0.03, .moves = {0.20, 0.02}},
               {DISPLAY, .always = 0.03},
               {RETARGETING, .wanting = 0.06, .chasing = 0.10, .aware = 0.02, .moves = {0, 0.04}},
               {GENERIC, .always = 0.012, .wanting = 0.04, .aware = 0.01, .moves = {0.35, 0.30}},
               {BRAND, .always = 0.002, .wanting = 0.05, .aware = 0.025},
               {EMAIL, .always = 0.025, .moves = {0.05, 0.25}},
               {AFFILIATES, .always = 0.008, .wanting = 0.02, .moves = {0.05, 0.15}},
               {DIRECT, .always = 0.003, .wanting = 0.06, .aware = 0.015}},
     .count = 9,
     .onset = 0.006,
     .lasting = 3,
     .base = 0.0002,
     .wanted = 0.04,
     .staged = {0, 0.003, 0.03},
     .sated = true},
    {.name = "retargeting",
     .about = "a fifth of all touches chase people who were about to buy, and do nothing",
     .plans = {{SOCIAL, .always = 0.025, .lift = 0.016, .slow = true},
               {VIDEO, .always = 0.03, .lift = 0.008, .slow = true},
               {DISPLAY, .always = 0.02, .lift = 0.002, .slow = true},
               {RETARGETING, .always = 0.002, .wanting = 0.25, .chasing = 0.35},
               {GENERIC, .always = 0.012, .wanting = 0.05, .lift = 0.040},
               {BRAND, .always = 0.003, .wanting = 0.06, .lift = 0.008},
               {EMAIL, .always = 0.025, .lift = 0.018},
               {AFFILIATES, .always = 0.004, .wanting = 0.05},
               {DIRECT, .always = 0.004, .wanting = 0.10}},
     .count = 9,
     .onset = 0.008,
     .lasting = 3,
     .base = 0.0004,
     .wanted = 0.05,
     .sated = true},
    {.name = "organic",
     .about =
         "most people buy unasked and pass through brand search, vouchers or direct on the way",
     .plans = {{SOCIAL, .always = 0.02, .lift = 0.010, .slow = true},
               {VIDEO, .always = 0.02, .lift = 0.006, .slow = true},
               {DISPLAY, .always = 0.03},
               {RETARGETING, .wanting = 0.08, .chasing = 0.08},
               {GENERIC, .always = 0.010, .wanting = 0.03, .lift = 0.030},
               {BRAND, .always = 0.003, .wanting = 0.15},
               {EMAIL, .always = 0.02, .lift = 0.012},
               {AFFILIATES, .always = 0.003, .wanting = 0.08},
               {DIRECT, .always = 0.004, .wanting = 0.25}},
     .count = 9,
     .onset = 0.010,
     .lasting = 2,
     .base = 0.0012,
     .wanted = 0.09,
     .sated = true},
};

const hw__causal *hw__causal_at(size_t i) {
    return i < sizeof worlds / sizeof *worlds ? &worlds[i] : NULL;
}

const hw__causal *hw__causal_find(hw_str name) {
    for (size_t i = 0; i < sizeof worlds / sizeof *worlds; i++)
        if (hw__str_eq(name, hw__str_of(worlds[i].name))) return &worlds[i];
    return NULL;
}

hw__causal hw__causal_scaled(const hw__causal *world, uint32_t percent) {
    hw__causal scaled = *world;
    double by = (double)percent / 100;
    scaled.synergy *= by;
    for (uint32_t c = 0; c < scaled.count; c++) {
        hw__plan *p = &scaled.plans[c];
        p->lift *= by;
        for (int m = 0; m < 2; m++) p->moves[m] = p->moves[m] * by < 1 ? p->moves[m] * by : 1;
        if (!percent) p->primes = false;
    }
    return scaled;
}
