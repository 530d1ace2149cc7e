// Calls the control of the test server over HTTP, and resolves with its answer as text.
async (url, method, body) => {
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method, body: body ?? undefined, headers });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response.text();
};
