namespace Aspire.Hosting.ApplicationModel;

/// <summary>
/// A scripted Live API server: the process of <c>parley emulator</c>. Its connection string is <c>Endpoint=http://…;Key=…</c>.
/// </summary>
public sealed class ParleyResource : ExecutableResource, IResourceWithConnectionString
{
    internal const string HttpEndpoint = "http";

    /// <summary>Creates the resource; use <c>builder.AddParley(name)</c>.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="command">The program to run.</param>
    /// <param name="workingDirectory">Where it runs; scenario files are relative to it.</param>
    /// <param name="apiKey">The API key that the server accepts.</param>
    public ParleyResource(string name, string command, string workingDirectory, ParameterResource apiKey)
        : base(name, command, workingDirectory)
    {
        ArgumentNullException.ThrowIfNull(apiKey);
        ApiKey = apiKey;
        PrimaryEndpoint = new EndpointReference(this, HttpEndpoint);
    }

    /// <summary>Where clients connect to.</summary>
    public EndpointReference PrimaryEndpoint { get; }

    /// <summary>The API key that the server accepts.</summary>
    public ParameterResource ApiKey { get; }

    /// <summary>Base URL of the server, such as <c>http://localhost:41234</c>, when it is known.</summary>
    public ReferenceExpression UrlExpression => ReferenceExpression.Create($"{PrimaryEndpoint.Property(EndpointProperty.Url)}");

    /// <inheritdoc/>
    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"Endpoint={PrimaryEndpoint.Property(EndpointProperty.Url)};Key={ApiKey}");
}
