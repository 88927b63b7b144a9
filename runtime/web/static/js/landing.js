// The landing page, and those of the help, are the same for everyone. People who are signed in get a
// link to their jobs. The cookie is a hint for this script only: the server doesn't read it.
if (/(^|; )gas-signed-in=1/.test(document.cookie)) {
  for (const id of ["enter", "begin"]) {
    const link = document.getElementById(id);
    if (!link) continue; // pages of the help have the first alone
    link.textContent = "Your jobs";
    link.href = "/jobs";
  }
  const again = document.getElementById("begin-again");
  if (again) again.hidden = true;
}
