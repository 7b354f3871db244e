package io.t4rec.serve;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.t4rec.schema.ConfigException;
import java.lang.reflect.Method;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerConfigTest {
    @ParameterizedTest
    @ValueSource(strings = {"host", "modelName", "requestTimeout", "warmUp"})
    void refusesWhatIsNotGiven(String name) throws ReflectiveOperationException {
        ServerConfig.Builder builder = ServerConfig.builder();
        for (Method setter : ServerConfig.Builder.class.getMethods()) {
            if (setter.getName().equals(name)) {
                setter.invoke(builder, (Object) null);
            }
        }
        assertThatThrownBy(builder::build)
                .isInstanceOf(ConfigException.class)
                .hasMessage(name + ": null (expected: a value)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " "})
    void refusesABlankHost(String host) {
        assertThatThrownBy(() -> ServerConfig.builder().host(host).build())
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith("host: '" + host + "'");
    }
}
