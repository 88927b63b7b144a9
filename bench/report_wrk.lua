-- What wrk says at its end, as one line of JSON. Microseconds.
done = function(summary, latency, requests)
  local failed = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "microseconds": %d, "p95_microseconds": %d, "errors": %d}\n',
    summary.requests, summary.duration, latency:percentile(95),
    failed.connect + failed.read + failed.write + failed.status + failed.timeout
  ))
end
