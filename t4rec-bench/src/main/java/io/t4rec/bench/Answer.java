package io.t4rec.bench;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A question's answer.
 *
 * @param name of the question
 * @param asks the question
 * @param goal what the answer should be
 * @param header names of the columns
 * @param rows cells by row, as many as there are columns
 * @param floors what the machine could do in the meantime, a line for each part
 */
public record Answer(
        String name, String asks, String goal, List<String> header, List<List<String>> rows, List<String> floors) {
    static Answer of(Question question, List<Row> rows, List<String> floors) {
        Set<String> header = new LinkedHashSet<>();
        rows.forEach(row -> header.addAll(row.cells().keySet()));
        List<String> last = List.of("floor, ms", "share of floor", "peak, MiB", "others, cores");
        List<String> ordered = new ArrayList<>(header);
        last.stream().filter(header::contains).forEach(column -> {
            ordered.remove(column);
            ordered.add(column);
        });
        List<List<String>> cells = rows.stream()
                .map(row -> ordered.stream()
                        .map(column -> row.cells().getOrDefault(column, ""))
                        .toList())
                .toList();
        return new Answer(question.name(), question.asks(), question.goal(), List.copyOf(ordered), cells, floors);
    }

    /** A Markdown table, its columns aligned. */
    public String table() {
        int[] widths = new int[header.size()];
        for (int i = 0; i < widths.length; i++) {
            int column = i;
            widths[i] = Math.max(
                    Math.max(3, header.get(i).length()),
                    rows.stream()
                            .mapToInt(row -> row.get(column).length())
                            .max()
                            .orElse(0));
        }
        StringBuilder text = new StringBuilder();
        line(text, header, widths);
        List<String> rule = new ArrayList<>();
        for (int width : widths) {
            rule.add("-".repeat(width));
        }
        line(text, rule, widths);
        rows.forEach(row -> line(text, row, widths));
        return text.toString();
    }

    private static void line(StringBuilder text, List<String> cells, int[] widths) {
        for (int i = 0; i < widths.length; i++) {
            text.append("| ")
                    .append(cells.get(i))
                    .append(" ".repeat(widths[i] - cells.get(i).length() + 1));
        }
        text.append("|\n");
    }
}
