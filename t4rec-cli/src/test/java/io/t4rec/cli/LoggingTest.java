package io.t4rec.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class LoggingTest {
    @Test
    void librariesWarnButDoNotChat() {
        Logger logger = LoggerFactory.getLogger("com.linecorp.armeria.server.Server");
        assertThat(logger.getClass().getName()).as("a provider is there").contains("SimpleLogger");
        assertThat(logger.isInfoEnabled()).isFalse();
        assertThat(logger.isWarnEnabled()).isTrue();
    }
}
