using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Parley.Cascade;
using Parley.Server;

namespace Parley.Assistant.Tests;

public sealed class ChatModelConfigurationTests
{
    [Fact]
    public async Task The_built_in_assistant_answers_by_default()
    {
        await using var services = new ServiceCollection().AddLiveApi().AddChatModel().Services.BuildServiceProvider();

        Assert.IsType<RuleBasedChatClient>(services.GetRequiredService<IChatClient>());
    }

    [Fact]
    public async Task Options_come_from_the_section_ChatModel_and_then_from_code()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ChatModel:Provider"] = "OpenAI", ["ChatModel:Endpoint"] = "http://localhost:11434/v1", ["ChatModel:Model"] = "small",
        }).Build();
        await using var services = new ServiceCollection().AddSingleton<IConfiguration>(configuration)
            .AddLiveApi().AddChatModel(options => options.Model = "large").Services.BuildServiceProvider();

        Assert.Equal("large", services.GetRequiredService<IChatClient>().GetService<ChatClientMetadata>()?.DefaultModelId);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("Rules", true)]
    public async Task The_fallback_is_registered_if_configured(string? fallback, bool expected)
    {
        await using var services = new ServiceCollection().AddLiveApi()
            .AddChatModel(
                options => (options.Provider, options.Model, options.Fallback) = ("ollama", "m", fallback)).Services.BuildServiceProvider();

        Assert.Equal(expected, services.GetKeyedService<IChatClient>(CascadeBuilderExtensions.FallbackChatModelKey) is RuleBasedChatClient);
    }

    [Fact]
    public async Task A_registered_client_is_kept()
    {
        using var own = Ask.Client();
        await using var services = new ServiceCollection().AddSingleton<IChatClient>(own).AddLiveApi().AddChatModel().Services.BuildServiceProvider();

        Assert.Same(own, services.GetRequiredService<IChatClient>());
    }

    [Theory]
    [InlineData("ollama", "http://localhost:11434/")]
    [InlineData("LLAMA.CPP", "http://localhost:8080/v1")]
    [InlineData("vllm", "http://localhost:8000/v1")]
    [InlineData("gemini", "https://generativelanguage.googleapis.com/v1beta/openai/")]
    public void A_provider_has_its_usual_endpoint(string provider, string expected)
    {
        using var client = ChatModelFactory.Create(new ChatModelOptions { Provider = provider, Model = "m", ApiKey = "k" });

        Assert.Equal(new Uri(expected), client.GetService<ChatClientMetadata>()?.ProviderUri);
    }

    [Theory]
    [InlineData(null, 3, 1, "ChatModel:Temperature is 3. It must be between 0 and 2.")]
    [InlineData("rules", 1, 0, "ChatModel:MaxOutputTokens is 0. It must be at least 1.")]
    public void A_value_out_of_range_is_an_error(string? fallback, float temperature, int tokens, string expected)
    {
        var options = new ChatModelOptions
        {
            Provider = "ollama", Model = "m", Fallback = fallback, Temperature = temperature, MaxOutputTokens = tokens,
        };

        Assert.Equal(expected, Assert.Throws<OptionsValidationException>(() => ChatModelFactory.Create(options)).Message);
    }

    [Theory]
    [InlineData("magic", null, null, null, "ChatModel:Provider is 'magic'. Set it to one of 'rules', 'openai', 'llama.cpp', 'vllm', 'gemini', 'ollama'.")]
    [InlineData("openai", null, null, "key", "ChatModel:Model is missing. Set it to the name of a model the endpoint serves.")]
    [InlineData("openai", null, "m", null, "ChatModel:ApiKey is missing. Set it for 'openai', or set ChatModel:Endpoint to a server that needs no key.")]
    [InlineData("gemini", null, "m", "", "ChatModel:ApiKey is missing. Set it for 'gemini', or set ChatModel:Endpoint to a server that needs no key.")]
    [InlineData("ollama", null, "", null, "ChatModel:Model is missing. Set it to the name of a model the endpoint serves.")]
    [InlineData("openai", "ftp://host", "m", null, "ChatModel:Endpoint is 'ftp://host/'. It must be an absolute http or https URL, such as http://localhost:11434/v1.")]
    [InlineData("openai", "v1/chat", "m", null, "ChatModel:Endpoint is 'v1/chat'. It must be an absolute http or https URL, such as http://localhost:11434/v1.")]
    [InlineData("openai", null, "m", "sec\nret", "ChatModel:ApiKey contains a space, a line break or another character that cannot be part of a key.")]
    public void Invalid_options_say_what_to_set(string provider, string? endpoint, string? model, string? key, string expected)
    {
        var options = new ChatModelOptions
        {
            Provider = provider, Endpoint = endpoint is null ? null : new Uri(endpoint, UriKind.RelativeOrAbsolute), Model = model, ApiKey = key,
        };

        var error = Assert.Throws<OptionsValidationException>(() => ChatModelFactory.Create(options));

        Assert.Equal(expected, error.Message);
    }
}
