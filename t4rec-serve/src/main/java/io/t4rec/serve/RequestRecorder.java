package io.t4rec.serve;

import com.linecorp.armeria.common.logging.RequestLog;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.logging.AccessLogWriter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.netty.util.AttributeKey;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts every request when it is over, and writes a line about it to the logger {@code io.t4rec.serve.access} when asked to. Requests
 * of the server's own warm-up are counted apart and have no line.
 */
final class RequestRecorder implements AccessLogWriter {
    /** How many sessions a request asked about; absent when it wasn't read. */
    static final AttributeKey<Integer> SESSIONS = AttributeKey.valueOf(RequestRecorder.class, "SESSIONS");

    private static final Logger ACCESS = LoggerFactory.getLogger("io.t4rec.serve.access");
    private static final double NANOS_PER_MILLI = 1e6;

    private final MeterRegistry meters;
    private final boolean lines;
    private final String warmUpSecret;

    RequestRecorder(MeterRegistry meters, boolean lines, String warmUpSecret) {
        this.meters = meters;
        this.lines = lines;
        this.warmUpSecret = warmUpSecret;
    }

    @Override
    public void log(RequestLog log) {
        ServiceRequestContext context = (ServiceRequestContext) log.context();
        boolean warmUp = warmUpSecret.equals(log.requestHeaders().get(WarmUp.HEADER));
        String call =
                warmUp ? "warm-up" : Objects.requireNonNullElse(context.config().defaultLogName(), "other");
        String status = log.responseStatus().codeAsText();
        Timer.builder("t4rec.request")
                .tag("call", call)
                .tag("status", status)
                .publishPercentileHistogram()
                .register(meters)
                .record(log.totalDurationNanos(), TimeUnit.NANOSECONDS);
        if (lines && !warmUp) {
            Integer sessions = context.attr(SESSIONS);
            ACCESS.info(
                    "{} {} {} {} ms {} sessions",
                    context.method(),
                    context.path(),
                    status,
                    String.format(Locale.ROOT, "%.1f", log.totalDurationNanos() / NANOS_PER_MILLI),
                    sessions == null ? 0 : sessions);
        }
    }
}
