using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Adds scripted Live API servers to an application model.</summary>
public static class ParleyBuilderExtensions
{
    private const string DefaultCommand = "parley", DefaultKey = "test-key";

    /// <summary>
    /// Adds a scripted Live API server (<c>parley emulator</c>). It needs no container: the tool <c>parley</c> must be on the path (<c>dotnet tool install
    /// parley</c>), or be named with <see cref="WithTool"/>. Without a scenario the server repeats what it hears.
    /// <code>
    /// var live = builder.AddParley("live").WithScenario("scenarios/lamp.yaml");
    /// builder.AddProject&lt;Projects.Concierge&gt;("concierge").WithLiveApi(live);
    /// </code>
    /// </summary>
    /// <param name="builder">The application model.</param>
    /// <param name="name">Name of the resource.</param>
    /// <param name="apiKey">The API key that the server accepts; null = a parameter with the value <c>test-key</c>.</param>
    /// <param name="port">The port of the endpoint; null = a free one.</param>
    public static IResourceBuilder<ParleyResource> AddParley(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, IResourceBuilder<ParameterResource>? apiKey = null, int? port = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var key = apiKey?.Resource ?? new ParameterResource($"{name}-key", static _ => DefaultKey, secret: false);
        var resource = new ParleyResource(name, DefaultCommand, builder.AppHostDirectory, key);
        return builder.AddResource(resource)
            .WithHttpEndpoint(port: port, name: ParleyResource.HttpEndpoint)
            .WithHttpHealthCheck("/healthz", endpointName: ParleyResource.HttpEndpoint)
            .WithArgs(static context =>
            {
                var live = (ParleyResource)context.Resource;
                foreach (var argument in live.Annotations.OfType<ToolArgumentsAnnotation>().LastOrDefault()?.Arguments ?? [])
                    context.Args.Add(argument);
                context.Args.Add("emulator");
                context.Args.Add("--port");
                context.Args.Add(live.PrimaryEndpoint.Property(EndpointProperty.TargetPort));
                context.Args.Add("--key");
                context.Args.Add(live.ApiKey);
            })
            .ExcludeFromManifest();
    }

    /// <summary>Adds a scenario file, or a folder of them. With one scenario its key is that of the resource; with several each has the name of its file.</summary>
    /// <param name="builder">The server.</param>
    /// <param name="path">Path of the file, absolute or relative to the application host.</param>
    public static IResourceBuilder<ParleyResource> WithScenario(this IResourceBuilder<ParleyResource> builder, string path)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var full = Path.GetFullPath(path, builder.ApplicationBuilder.AppHostDirectory);
        if (!Path.Exists(full))
            throw new DistributedApplicationException($"The scenario {full} of the resource {builder.Resource.Name} does not exist. Give a file or a folder, relative to {builder.ApplicationBuilder.AppHostDirectory}.");
        return builder.WithArgs("--scenario", full);
    }

    /// <summary>Lets time stand still until a test advances it by the control API of the server.</summary>
    public static IResourceBuilder<ParleyResource> WithVirtualTime(this IResourceBuilder<ParleyResource> builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithArgs("--virtual-time");
    }

    /// <summary>Runs another program than <c>parley</c> of the path.</summary>
    /// <param name="builder">The server.</param>
    /// <param name="command">The program, such as a path of <c>parley</c>, or <c>dotnet</c>.</param>
    /// <param name="arguments">What comes before the arguments of <c>parley</c>, such as <c>tool run parley --</c>, or the path of <c>parley.dll</c>.</param>
    public static IResourceBuilder<ParleyResource> WithTool(this IResourceBuilder<ParleyResource> builder, string command, params string[] arguments)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(command);
        ArgumentNullException.ThrowIfNull(arguments);
        return builder.WithCommand(command).WithAnnotation(new ToolArgumentsAnnotation(arguments), ResourceAnnotationMutationBehavior.Replace);
    }

    /// <summary>
    /// Leads an application to the server, whatever its language: sets the variables that the official SDKs and Parley read (<c>GOOGLE_GEMINI_BASE_URL</c>,
    /// <c>GOOGLE_VERTEX_BASE_URL</c>, <c>GEMINI_API_KEY</c>, <c>PARLEY_URL</c>, <c>PARLEY_KEY</c>), and those of tests (<c>PARLEY_EMULATOR_URL</c>,
    /// <c>PARLEY_EMULATOR_KEY</c>, <c>PARLEY_EMULATOR_CONTROL</c>). The application waits until the server answers.
    /// </summary>
    /// <param name="builder">The application.</param>
    /// <param name="live">The server.</param>
    public static IResourceBuilder<T> WithLiveApi<T>(this IResourceBuilder<T> builder, IResourceBuilder<ParleyResource> live)
        where T : IResourceWithEnvironment, IResourceWithWaitSupport
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(live);
        foreach (var name in (string[])["GOOGLE_GEMINI_BASE_URL", "GOOGLE_VERTEX_BASE_URL", "PARLEY_URL", "PARLEY_EMULATOR_URL"])
            builder.WithEnvironment(name, live.Resource.UrlExpression);
        foreach (var name in (string[])["GEMINI_API_KEY", "PARLEY_KEY", "PARLEY_EMULATOR_KEY"])
            builder.WithEnvironment(name, $"{live.Resource.ApiKey}");
        builder.WithEnvironment("PARLEY_EMULATOR_CONTROL", $"{live.Resource.PrimaryEndpoint.Property(EndpointProperty.Url)}/_parley");
        return builder.WithReferenceRelationship(live.Resource).WaitFor(live);
    }

    private sealed record ToolArgumentsAnnotation(IReadOnlyList<string> Arguments) : IResourceAnnotation;
}
