package io.t4rec.train.baseline;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Vector-multiplication-indexed session k nearest neighbours (Kersbergen et al. 2022, Serenade): of the most recent sessions that
 * share an item with the current one, the most similar vote for their items.
 */
public final class VmisKnn implements Baseline {
    private final int mostRecent;
    private final int neighbours;
    private final boolean inverseFrequency;
    private final int itemCount;
    private final long[][] sessions;
    private final Map<Long, List<Integer>> sessionsOfItem = new HashMap<>();

    /**
     * @param sessions item ids, oldest first; the sessions in order of their last event, oldest first
     * @param mostRecent sessions considered, for instance 500
     * @param neighbours sessions that vote, for instance 100
     * @param inverseFrequency whether rare items weigh more
     */
    public VmisKnn(long[][] sessions, long itemCount, int mostRecent, int neighbours, boolean inverseFrequency) {
        this.sessions = sessions;
        this.itemCount = Math.toIntExact(itemCount);
        this.mostRecent = mostRecent;
        this.neighbours = neighbours;
        this.inverseFrequency = inverseFrequency;
        for (int i = sessions.length - 1; i >= 0; i--) {
            Set<Long> distinct = new HashSet<>();
            for (long item : sessions[i]) {
                if (distinct.add(item)) {
                    sessionsOfItem
                            .computeIfAbsent(item, key -> new ArrayList<>())
                            .add(i);
                }
            }
        }
    }

    @Override
    public String name() {
        return "vmis-knn";
    }

    private record Neighbour(int session, double similarity) {}

    @Override
    public double[] scores(long[] current) {
        Map<Long, Integer> places = new HashMap<>();
        for (int i = 0; i < current.length; i++) {
            places.put(current[i], i + 1);
        }
        double[] scores = new double[itemCount];
        for (Neighbour neighbour : nearest(current, places)) {
            int lastShared = 0;
            for (long item : sessions[neighbour.session]) {
                lastShared = Math.max(lastShared, places.getOrDefault(item, 0));
            }
            // decays by the distance of the last shared item from the end of the current session
            int distance = current.length - lastShared + 1;
            double weight = distance < 10 ? 1 - 0.1 * distance : 0;
            Set<Long> distinct = new HashSet<>();
            for (long item : sessions[neighbour.session]) {
                if (distinct.add(item)) {
                    double idf = inverseFrequency
                            ? Math.log((double) sessions.length
                                    / sessionsOfItem
                                            .getOrDefault(item, List.of())
                                            .size())
                            : 1;
                    scores[(int) item] += neighbour.similarity * weight * idf;
                }
            }
        }
        return scores;
    }

    private List<Neighbour> nearest(long[] current, Map<Long, Integer> places) {
        Map<Integer, Double> similarities = new HashMap<>();
        Set<Long> visited = new HashSet<>();
        PriorityQueue<Integer> oldest = new PriorityQueue<>();
        for (int i = current.length - 1; i >= 0; i--) {
            if (!visited.add(current[i])) {
                continue;
            }
            double decay = (double) places.getOrDefault(current[i], 0) / current.length;
            for (int session : sessionsOfItem.getOrDefault(current[i], List.of())) {
                if (similarities.containsKey(session)) {
                    similarities.merge(session, decay, Double::sum);
                } else if (similarities.size() < mostRecent) {
                    similarities.put(session, decay);
                    oldest.add(session);
                } else if (oldest.peek() < session) {
                    similarities.remove(oldest.poll());
                    similarities.put(session, decay);
                    oldest.add(session);
                } else {
                    break; // sessions of an item come newest first
                }
            }
        }
        return similarities.entrySet().stream()
                .map(entry -> new Neighbour(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparingDouble(Neighbour::similarity)
                        .reversed()
                        .thenComparing(
                                Comparator.comparingInt(Neighbour::session).reversed()))
                .limit(neighbours)
                .toList();
    }
}
