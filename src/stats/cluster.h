/* Two groups of schools (participants and others), where answers of one school
   are alike: people are counted in schools, or certainty is overstated. Say
   association, never effect: schools chose to join (DOMAIN §5.5). */
#ifndef STATS_CLUSTER_H
#define STATS_CLUSTER_H

#include <stddef.h>
#include <stdint.h>

#include "stats/share.h"

typedef struct ClusterUnit {
    int group;    /* 0 or 1 */
    int64_t x, n; /* 0 ≤ x ≤ n; a unit with n = 0 is not counted */
} ClusterUnit;

/* What does not exist is NAN: difference and what rests on it where a group has
   no answers; se, t, p, limits with fewer than three units; t and p where se
   is 0; icc and deff where every unit has one answer or all answers are alike. */
typedef struct Cluster {
    int64_t units;           /* with answers, both groups */
    double difference;       /* group 0 minus group 1, of people */
    double se, t, df, p;     /* df = units − 2 */
    Interval interval;       /* 95 % */
    double icc;              /* may be negative */
    double n0, deff;         /* typical size; 1 + (n0 − 1)·icc */
} Cluster;

/* Linearised variance with k/(k−1) over all k units, t with k − 2; ICC by one-way
   analysis of variance over all units, whatever their group.
   Source: DOMAIN §5.5; equal to R survey::svyglm with the unit as PSU. */
Cluster cluster_compare(const ClusterUnit *units, ptrdiff_t n);

#endif
