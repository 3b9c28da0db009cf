#include "base/number.h"

#include <stdio.h>
#include <stdlib.h>

ptrdiff_t number_f64(double v, char *ret_text)
{
    int n = 0;
    for (int digits = 15; digits <= 17; digits++) {
        n = snprintf(ret_text, 40, "%.*g", digits, v);
        if (strtod(ret_text, NULL) == v) break;
    }
    return n;
}
