/* Markov removal effects, exact. A channel's effect is 1 - P(conversion without it) /
 * P(conversion); credit is in proportion to effects. Sources: reference Anderl et al. 2016,
 * "Mapping the customer journey"; definitions in docs/models.md. */
#include "model/markov.h"
#include "model/fits.h"

/* Journeys from which it pays to clear a table of a million bytes or two. */
enum { DENSE_FROM = 64 };

static hw_status count(hw_dataset *d, hw__chain *c) {
    hw__eval e;
    HW__TRY(hw__eval_init(&e, d, NULL));
    hw_status s = HW_OK;
    for (size_t i = 0; i < d->journeys.len && s == HW_OK; i++) {
        const hw__djourney *j = &d->journeys.at[i];
        if (!j->conversions && !j->nulls && !j->value) continue;
        if (!j->conversions && !hw__has_touch(d, j)) continue; /* nobody was reached */
        hw_path path = hw__eval_path(d, j, &e);
        s = hw__chain_add(c, path.channel, path.len, j->conversions, j->nulls, j->value);
    }
    hw__eval_free(&e);
    return s == HW_OK ? hw__chain_close(c) : s;
}

hw_status hw__markov_chain(hw_dataset *d, const hw_model_params *params, hw__chain *c) {
    hw__chain_init(c, &d->alloc, params->order, params->loops != 0);
    hw_status s = d->journeys.len < DENSE_FROM ? HW_OK : hw__dense_create(c, d->channels.strs.len);
    if (s == HW_OK) s = count(d, c);
    if (s != HW_OK) hw__chain_free(c);
    return s;
}

hw_status hw__markov_effects(const hw__chain *c, size_t channels, double *probability,
                             double *effect, double *value_effect) {
    double p, v;
    HW__TRY(hw__chain_solve(c, UINT32_MAX, &p, &v));
    *probability = p;
    for (uint32_t i = 0; i < channels; i++) {
        double without, worth;
        HW__TRY(hw__chain_solve(c, i, &without, &worth));
        effect[i] = p > 0 ? 1 - without / p : 0;
        value_effect[i] = v > 0 || v < 0 ? 1 - worth / v : 0;
        if (effect[i] < 0) effect[i] = 0; /* the last bit of a channel that nobody needs */
    }
    return HW_OK;
}

HW__FIT(markov) {
    hw__chain chain;
    double probability;
    HW__TRY(hw__markov_chain(dataset, params, &chain));
    hw_status s =
        hw__markov_effects(&chain, dataset->channels.strs.len, &probability, conversions, value);
    hw__chain_free(&chain);
    return s;
}
