/** Loaded before a service: its process reads a clock that is ahead by so much, as on a machine whose clock is wrong. */
const aheadMs = Number(process.env['GAME_DAY_CLOCK_AHEAD_MS']);
const now = Date.now.bind(Date);
Date.now = () => now() + aheadMs;
