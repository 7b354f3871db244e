package io.t4rec.etl;

import static org.assertj.core.api.Assertions.assertThat;

import io.t4rec.data.Database;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SortedPartsTest {
    /** Numbers of rows by part, of groups {@code a, b} given by letters. */
    private static List<String> parts(String groups, long rows) {
        List<String> parts = new ArrayList<>();
        try (Database database = Database.openInOrder()) {
            database.execute("create temp table sorted as select substr(" + Database.literal(groups)
                    + ", 2 * i::int + 1, 1) as a, nullif(substr(" + Database.literal(groups)
                    + ", 2 * i::int + 2, 1), '-') as b from range(" + groups.length() / 2 + ") t (i)");
            for (String part : new SortedParts(database, "sorted", List.of("a", "b"), rows).parts()) {
                StringBuilder text = new StringBuilder();
                database.forEach("select a || coalesce(b, '-') from " + part, row -> text.append(row.getString(1)));
                parts.add(text.toString());
            }
        }
        return parts;
    }

    @Test
    void partsEndWithTheirLastGroup() {
        assertThat(parts("A1A1A1A2A2B1B2B2", 2)).containsExactly("A1A1A1", "A2A2", "B1B2B2");
        assertThat(parts("A1A2B1B2", 2)).containsExactly("A1A2", "B1B2");
    }

    @Test
    void aGroupLongerThanManyPartsStaysWhole() {
        assertThat(parts("A1A1A1A1A1A1A1B1", 2)).containsExactly("A1A1A1A1A1A1A1", "B1");
        assertThat(parts("A1A1A1A1A1A1A1", 2)).containsExactly("A1A1A1A1A1A1A1");
    }

    @Test
    void theEndOfALongGroupIsFoundWhereverItLies() {
        for (int length : new int[] {1_024, 1_025, 1_026, 3_073, 3_074, 5_000}) {
            assertThat(parts("A1".repeat(length) + "B1B1", 1)).containsExactly("A1".repeat(length), "B1B1");
        }
    }

    @Test
    void nullTellsGroupsApart() {
        assertThat(parts("A1A-A-B-", 1)).containsExactly("A1", "A-A-", "B-");
    }

    @Test
    void noRowsAreOnePart() {
        assertThat(parts("", 2)).containsExactly("");
    }
}
