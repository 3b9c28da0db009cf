/* Reports from counts to bytes. */
#include "feature/report/report_inside.h"

#include "store.h"

TEST(report, formats_that_are_built_are_known)
{
    ReportFormat format = REPORT_HTML;
    CHECK(report_format_parse(S("json"), &format) && format == REPORT_JSON);
    CHECK(!report_format_parse(S("doc"), &format));
}
