// This page is the same for everyone. People who are signed in get a link to their jobs. The cookie
// is a hint for this script only: the server doesn't read it.
if (/(^|; )gas-signed-in=1/.test(document.cookie)) {
  for (const id of ["enter", "begin"]) {
    const link = document.getElementById(id);
    link.textContent = "Your jobs";
    link.href = "/jobs";
  }
  document.getElementById("begin-again").hidden = true;
}
