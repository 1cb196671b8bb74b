/* From a source's words to its channel. */
#ifndef HW__CHANNEL_H
#define HW__CHANNEL_H

#include "base/internal.h"

/* Sets channel and rule of `source` (whose other fields are set) by the site's rules, then GA4's.
 */
void hw__channel_of(const hw_sources *known, const hw_source_rules *rules, hw_source *source,
                    hw_str *rule);

#endif
