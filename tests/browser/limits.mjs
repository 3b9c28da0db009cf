/* Every step that waits has an end. A page's evaluate(), close() and screenshot
   wait for the browser for ever where it hangs, and a run that hangs says
   nothing; so each of them runs within limited(), and the whole run within
   watch(), which names what was under way. */

/* The answer of a promise, or an error that says what took longer than `ms`. */
export class NotDone extends Error {}
export function limited(promise, ms, what) {
  let timer;
  const late = new Promise((_, refuse) => {
    timer = setTimeout(() => refuse(new NotDone(`${what}: not done within ${ms / 1000} s`)), ms);
  });
  promise.catch(() => {}); // it may still fail when nobody waits any more
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/* Gives something back to the browser. One that does not take it is told of and
   left behind: that says nothing of the page that was looked at. */
export async function letGo(promise, what) {
  await limited(promise, 5000, what).catch((e) => console.log(`left  ${e.message}`));
}

/* Ends the process after `s` seconds: `tell` prints what was under way first. */
export function watch(s, tell) {
  const timer = setTimeout(() => {
    tell(`the run was not done within ${s} s`);
    process.exit(1); // playwright ends its browser with us
  }, s * 1000);
  return () => clearTimeout(timer);
}
