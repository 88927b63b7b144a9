// Opens a shared result: what the link holds stands behind the #, which browsers send to no server.
const secret = location.hash.slice(1);
if (secret) {
  // Neither the history nor what somebody copies from the address bar keeps it.
  history.replaceState(null, "", location.pathname);
  document.getElementById("link").value = secret;
  document.getElementById("open").submit();
}
