// This page is the same for everybody; who is signed in gets to their jobs from here. The cookie
// is a hint for this script alone: the server doesn't read it.
if (/(^|; )gas-signed-in=1/.test(document.cookie)) {
  for (const id of ["enter", "begin"]) {
    const link = document.getElementById(id);
    link.textContent = "Your jobs";
    link.href = "/jobs";
  }
  document.getElementById("begin-again").hidden = true;
}
