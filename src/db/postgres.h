/* The one thing of the PostgreSQL driver that is not in its table (driver.h). */
#ifndef DB_POSTGRES_H
#define DB_POSTGRES_H

#include "db/driver.h"

/* Prepares the statement as start would, with no value known, and looks at the
   columns it would give; runs nothing. For sqlcheck. */
MUST Err postgres_try(Ctx *c, DbConn *conn, const SqlDef *def);

#endif
