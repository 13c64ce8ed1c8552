/* How clients connect: a few at a time, or all at once. */
#ifndef RAMP_UP_H
#define RAMP_UP_H

/* Begin to connect the next client. */
void ramp_up_one(void);

/* Connect clients, a few at a time, until there are this many; then wait until all are welcomed. */
void ramp_up(unsigned wanted);

/* How many have begun to connect and are not welcomed yet. */
unsigned ramp_up_pending(void);

/* Whether some are pending and none has begun or been welcomed for SETTLE_SECONDS. */
int ramp_up_stalled(void);

#endif
