/** What the local stack is made of; the Kafka version stands in infra/kafka/pom.xml as well. */
export const KAFKA_VERSION = '4.3.1';
export const REGISTRY_VERSION = '3.0.9';
export const REGISTRY_ARCHIVE_SHA256 =
  '2b28181501a20cbf6efcd77f9b7153908fc01f3d3a7c32024c0bd9e1b04c8a43';

/** Pinned because later lines refuse the registry, whose parent POM is not on Maven Central. */
export const MAVEN_DEPENDENCY_PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:2.10';
