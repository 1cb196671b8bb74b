/* Only in headwater-full.wasm: worlds whose truth is known, and how near each model comes to it. */
#include "hw_wasm.h"
#include "world/score.h"

uint32_t hw_wasm_truth(uint32_t len);

static void put_truth(const hw__causal *w, const hw__truth *t) {
    put_str(hw__str_of(w->about));
    put_f64(t->people);
    put_f64(t->touches);
    put_f64(t->sales);
    put_f64(t->unasked);
    put_u32(w->count);
    for (uint32_t c = 0; c < w->count; c++) {
        const hw__plan *p = &w->plans[c];
        put_str(hw__str_of(p->s.channel));
        put_u32(hw__plan_scored(p));
        put_u32(hw__plan_idle(p));
        put_f64(t->caused[c]);
        put_f64(p->lift);
        put_f64(p->moves[0]);
        put_f64(p->moves[1]);
    }
}

static void put_scores(const hw__causal *w, const hw__score *scores) {
    uint32_t n = 0;
    while (hw_model_at(n) && n < HW__SCORE_MODELS_MAX) n++;
    put_u32(n);
    for (uint32_t m = 0; m < n; m++) {
        const hw__score *s = &scores[m];
        put_str(hw__str_of(hw_model_at(m)->name));
        put_u32(s->runs);
        put_u32(s->heldout_runs);
        const double figures[] = {s->share_error, s->spearman, s->credit_ratio,
                                  s->zero_credit, s->logloss,  s->auc};
        for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) put_f64(figures[i]);
        for (uint32_t c = 0; c < w->count; c++) put_f64(s->credit[c]);
    }
}

/* name of the world; f64 seed; u32 people, days, strength in percent → text; f64 people, touches,
 * sales, sales unasked; u32 channels, each name, u32 scored, u32 idle, f64 caused, lift, two moves;
 * u32 models, each name, u32 runs, u32 runs on others, six figures, f64 credit of each channel */
HW_WASM_EXPORT uint32_t hw_wasm_truth(uint32_t len) {
    reader r = hw_wasm_reader(len);
    hw_wasm_begin();
    hw_str name = read_str(&r);
    int64_t seed = read_int(&r);
    uint32_t people = read_u32(&r), days = read_u32(&r), strength = read_u32(&r);
    const hw__causal *world = hw__causal_find(name);
    if (r.bad || !world || seed < 0 || people < 100 || people > 1000000 || days < 1 || days > 365 ||
        strength > 1000)
        return hw_wasm_end(HW_E_ARG);
    const hw__causal scaled = hw__causal_scaled(world, strength);
    size_t bytes = HW__SCORE_MODELS_MAX * sizeof(hw__score);
    hw__score *scores = hw_wasm_alloc.alloc(hw_wasm_alloc.ctx, bytes);
    if (!scores) return hw_wasm_end(HW_E_NOMEM);
    memset(scores, 0, bytes);
    hw__truth truth;
    hw_status s =
        hw__score_run(&hw_wasm_alloc, &scaled, (uint64_t)seed, people, days, scores, &truth);
    if (s == HW_OK) {
        put_truth(&scaled, &truth);
        put_scores(&scaled, scores);
    }
    hw_wasm_alloc.free(hw_wasm_alloc.ctx, scores, bytes);
    return hw_wasm_end(s);
}
