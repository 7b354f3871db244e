#!/bin/bash
# Tries out a cluster: starts a Spark master and two workers on this machine out of Maven's artefacts, prepares events on them, kills one
# worker with its executor in mid-job, and compares the result with what DuckDB gives. Everything listens on loopback alone.
#
#   t4rec-spark/cluster.sh [SESSIONS]     sessions of the invented shop; default 200000
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
sessions=${1:-200000}
work=$(mktemp -d)
port=${SPARK_MASTER_PORT:-17077}
master=spark://127.0.0.1:$port
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
started=()

stop() {
  for process in "${started[@]}"; do
    kill "$process" 2>/dev/null || true
  done
  wait 2>/dev/null || true
  rm -rf "$work"
}
trap stop EXIT

say() { echo "$(date +%T) $*"; }

# a Spark home of Maven's artefacts: executors take their class path from it
unset SPARK_HOME
"$root/t4rec" prepare --engine spark --help >/dev/null # builds
"$root/t4rec" generate --output "$work/shop" --sessions "$sessions"
mkdir -p "$work/spark/jars"
IFS=: read -ra jars <<<"$(cat "$root/t4rec-spark/target/dependencies.txt")"
ln -s "${jars[@]}" "$work/spark/jars/"
ln -s "$(tr ':' '\n' <"$root/t4rec-cli/target/dependencies.txt" | grep /slf4j-simple-)" "$work/spark/jars/"

daemon() { # name, class, arguments
  local name=$1
  shift
  # each its own group, so that a worker can be killed with the executors it started
  SPARK_HOME=$work/spark SPARK_SCALA_VERSION=2.13 SPARK_LOCAL_IP=127.0.0.1 SPARK_LOCAL_DIRS=$work/$name-local setsid "$java" -Xmx512m \
    "@$root/t4rec-spark/jvm.options" -cp "$work/spark/jars/*" -Dorg.slf4j.simpleLogger.defaultLogLevel=info "$@" \
    >"$work/$name.log" 2>&1 &
  started+=($!)
}

await() { # seconds, description, command
  local seconds=$1 what=$2
  shift 2
  for ((i = 0; i < seconds * 5; i++)); do
    if "$@"; then return; fi
    sleep 0.2
  done
  say "not within $seconds s: $what"
  tail -n 5 "$work"/*.log >&2
  exit 1
}

logged() { grep -q "$2" "$work/$1.log" 2>/dev/null; }
shuffled() {
  if ! kill -0 "$job" 2>/dev/null; then
    tail -n 20 "$work/prepare.log" >&2
    grep -h -A 10 "WARN\|ERROR" "$work"/worker*.log "$work"/worker*/app-*/*/stderr >&2 || true
    say "the job ended before there was anything to kill"
    exit 1
  fi
  [ -n "$(find "$work/$1-local" -name 'shuffle_*' -print -quit 2>/dev/null)" ]
}

daemon master org.apache.spark.deploy.master.Master --host 127.0.0.1 --port "$port" --webui-port 0
await 60 "the master" logged master "I have been elected leader"
for worker in worker1 worker2; do
  daemon "$worker" org.apache.spark.deploy.worker.Worker --host 127.0.0.1 --cores 1 --memory 1g --webui-port 0 \
    --work-dir "$work/$worker" "$master"
done
victim=${started[2]}
for worker in worker1 worker2; do
  await 60 "$worker" logged "$worker" "Successfully registered with master"
done
say "master and two workers run"

T4REC_JAVA_OPTS=${T4REC_JAVA_OPTS:--Xmx1g} SPARK_LOCAL_IP=127.0.0.1 "$root/t4rec" prepare "$work/shop/events.parquet" \
  --output "$work/on-spark" --engine spark --master "$master" --set 'data.sideColumns=[category,price]' \
  --spark spark.executor.memory=700m --spark spark.driver.host=127.0.0.1 --spark spark.sql.shuffle.partitions=8 \
  --spark spark.sql.adaptive.enabled=false \
  >"$work/prepare.log" 2>&1 &
job=$!
started+=("$job")

await 120 "the job's first shuffle on the second worker" shuffled worker2
kill -9 -- "-$victim"
say "killed the second worker (process group $victim) while it held results of the job"
if ! wait "$job"; then
  cat "$work/prepare.log" >&2
  exit 1
fi
say "the job went on and ended:"
cat "$work/prepare.log"
if ! grep -m 1 "Removing worker" "$work/master.log"; then
  say "the master did not notice that a worker was gone"
  exit 1
fi

"$root/t4rec" prepare "$work/shop/events.parquet" --output "$work/on-duckdb" --set 'data.sideColumns=[category,price]' >/dev/null
"$java" -cp "$root/t4rec-spark/target/test-classes:$root/t4rec-cli/target/classes:$(cat "$root/t4rec-cli/target/dependencies.txt")" \
  io.t4rec.spark.PreparedComparison "$work/on-duckdb" "$work/on-spark"
say "the result is that of DuckDB"
