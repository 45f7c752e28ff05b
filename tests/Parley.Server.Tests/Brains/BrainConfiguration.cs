using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Parley.Server.Brains;

namespace Parley.Server.Tests.Brains;

public sealed class BrainConfiguration
{
    [Fact]
    public async Task Answers_by_script_when_nothing_is_configured()
    {
        await using var services = new ServiceCollection().AddBrain().BuildServiceProvider();

        Assert.IsType<ScriptedChatClient>(services.GetRequiredService<IChatClient>());
    }

    [Fact]
    public async Task Reads_the_section_Brain_and_then_code()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Brain:Provider"] = "OpenAI", ["Brain:Endpoint"] = "http://localhost:11434/v1", ["Brain:Model"] = "small",
        }).Build();
        await using var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration)
            .AddBrain(options => options.Model = "large").BuildServiceProvider();

        Assert.Equal("large", services.GetRequiredService<IChatClient>().GetService<ChatClientMetadata>()?.DefaultModelId);
    }

    [Fact]
    public async Task Leaves_a_registered_client_in_place()
    {
        using var own = Ask.Client();
        await using var services = new ServiceCollection().AddSingleton<IChatClient>(own).AddBrain().BuildServiceProvider();

        Assert.Same(own, services.GetRequiredService<IChatClient>());
    }

    [Theory]
    [InlineData("magic", null, null, null, "Brain:Provider is 'magic'. Set it to 'scripted' or 'openai'.")]
    [InlineData("openai", null, null, "key", "Brain:Model is missing. Set it to the name of a model the endpoint serves.")]
    [InlineData("openai", null, "m", null, "Brain:ApiKey is missing. Set it for the service of OpenAI, or set Brain:Endpoint to a server that needs no key.")]
    [InlineData("openai", "ftp://host", "m", null, "Brain:Endpoint must be an absolute http or https URL, such as http://localhost:11434/v1.")]
    [InlineData("openai", "v1/chat", "m", null, "Brain:Endpoint must be an absolute http or https URL, such as http://localhost:11434/v1.")]
    [InlineData("openai", null, "m", "sec\nret", "Brain:ApiKey contains a space, a line break or another character that cannot be part of a key.")]
    public void Says_what_to_set(string provider, string? endpoint, string? model, string? key, string expected)
    {
        var options = new BrainOptions
        {
            Provider = provider, Endpoint = endpoint is null ? null : new Uri(endpoint, UriKind.RelativeOrAbsolute), Model = model, ApiKey = key,
        };

        var error = Assert.Throws<OptionsValidationException>(() => BrainFactory.Create(options));

        Assert.Equal(expected, error.Message);
    }
}
