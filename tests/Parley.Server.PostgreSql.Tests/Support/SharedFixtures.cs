using Parley.Server.PostgreSql.Tests.Support;

[assembly: AssemblyFixture(typeof(PostgresCluster))]
