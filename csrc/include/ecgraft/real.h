/* The scalar of a build: float, or double where EG_DOUBLE is defined (the build that checks gradients). */
#ifndef ECGRAFT_REAL_H
#define ECGRAFT_REAL_H

#ifdef EG_DOUBLE
typedef double eg_real;
#define EG_REAL_NAME "float64"
#else
typedef float eg_real;
#define EG_REAL_NAME "float32"
#endif

#endif
