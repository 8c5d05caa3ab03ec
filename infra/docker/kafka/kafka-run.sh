#!/bin/bash
# Turns KAFKA_* variables into server.properties as the public images do, formats the storage, starts the broker.
# KAFKA_FOO_BAR=x -> foo.bar=x ; '___' -> '-' ; '__' -> '_'
set -euo pipefail
CONF=/etc/kafka/kafka.properties
: "${CLUSTER_ID:=4L6g3nShT-eMCtK--X86sw}"
HEAP="${KAFKA_HEAP_OPTS:--Xms256m -Xmx512m}"
export KAFKA_NODE_ID="${KAFKA_NODE_ID:-1}"
export KAFKA_PROCESS_ROLES="${KAFKA_PROCESS_ROLES:-broker,controller}"
export KAFKA_LISTENERS="${KAFKA_LISTENERS:-PLAINTEXT://0.0.0.0:9092,CONTROLLER://0.0.0.0:9093}"
export KAFKA_ADVERTISED_LISTENERS="${KAFKA_ADVERTISED_LISTENERS:-PLAINTEXT://localhost:9092}"
export KAFKA_CONTROLLER_LISTENER_NAMES="${KAFKA_CONTROLLER_LISTENER_NAMES:-CONTROLLER}"
export KAFKA_LISTENER_SECURITY_PROTOCOL_MAP="${KAFKA_LISTENER_SECURITY_PROTOCOL_MAP:-CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT}"
export KAFKA_CONTROLLER_QUORUM_VOTERS="${KAFKA_CONTROLLER_QUORUM_VOTERS:-1@localhost:9093}"
export KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR="${KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR:-1}"
export KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR="${KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR:-1}"
export KAFKA_TRANSACTION_STATE_LOG_MIN_ISR="${KAFKA_TRANSACTION_STATE_LOG_MIN_ISR:-1}"
export KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR="${KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR:-1}"
export KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR="${KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR:-1}"
export KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS="${KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS:-0}"
export KAFKA_LOG_DIRS="${KAFKA_LOG_DIRS:-/var/lib/kafka/data}"
mkdir -p /etc/kafka
: > "$CONF"
while IFS='=' read -r -d '' name value; do
  case "$name" in
    KAFKA_HEAP_OPTS|KAFKA_OPTS|KAFKA_HOME|KAFKA_VERSION|KAFKA_LOG4J*|KAFKA_JVM_PERFORMANCE_OPTS|KAFKA_CONFLUENT_*) ;;
    KAFKA_*)
      key="${name#KAFKA_}"; key="${key,,}"
      key="${key//___/$'\x01'}"; key="${key//__/$'\x02'}"; key="${key//_/.}"
      key="${key//$'\x01'/-}"; key="${key//$'\x02'/_}"
      printf '%s=%s\n' "$key" "$value" >> "$CONF" ;;
  esac
done < <(env -0)
CP='/opt/kafka/libs/*'
LOG="-Dlog4j2.configurationFile=/etc/kafka/log4j2.properties"
java -Xmx256m -XX:TieredStopAtLevel=1 $LOG -cp "$CP" kafka.tools.StorageTool format --ignore-formatted -t "$CLUSTER_ID" -c "$CONF"
exec java $HEAP -XX:+UseSerialGC $LOG ${KAFKA_OPTS:-} -cp "$CP" kafka.Kafka "$CONF"
