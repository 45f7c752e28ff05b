using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Parley.Server.Tests.Support;
using Parley.TestKit;

namespace Parley.Server.Tests.Access;

/// <summary>A server whose clients sign in with JWTs, cookies or keys of the application.</summary>
internal static class SignIn
{
    public const string Issuer = "https://id.example.test/", Audience = "live", ApplicationKey = "application-key-of-carol";

    /// <summary>Signs in with a cookie: <c>/login?name=alice</c>.</summary>
    public const string LoginPath = "/login";

    public static readonly SymmetricSecurityKey SigningKey = new(Encoding.ASCII.GetBytes("the signing key of the tests, long enough"));

    public static string Jwt(
        string? subject = "alice", string audience = Audience, string issuer = Issuer, DateTimeOffset? expires = null, params (string Type, string Value)[] claims)
    {
        var all = claims.ToDictionary(static claim => claim.Type, static claim => (object)claim.Value);
        if (subject is not null)
            all["sub"] = subject;
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            Claims = all,
            Expires = (expires ?? new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero)).UtcDateTime,
            SigningCredentials = new SigningCredentials(SigningKey, SecurityAlgorithms.HmacSha256),
        });
    }

    public static Task<InMemoryHost> StartAsync(
        ILiveModel model, TimeProvider? time = null, Action<LiveApiBuilder>? live = null, Action<LiveApiOptions>? options = null, string? dataFolder = null,
        Action<IServiceCollection>? services = null, bool authorizes = true, string[]? schemes = null, Action<WebApplication>? app = null) =>
        InMemoryHost.StartAsync(
            builder =>
            {
                AddSchemes(builder.Services, time ?? TimeProvider.System);
                builder.Services.AddAuthorization();
                var api = builder.Services.AddLiveApi(configured =>
                {
                    configured.ApiKeys.Add(LiveTestHost.Key);
                    options?.Invoke(configured);
                }).UseDefaultModel(_ => model);
                if (dataFolder is not null)
                    api.UseDataFolder(dataFolder);
                live?.Invoke(api);
                services?.Invoke(builder.Services);
            },
            routes =>
            {
                routes.MapGet(LoginPath, static (HttpContext context, string name) =>
                    context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, Principal("Cookies", (ClaimTypes.Name, name))));
                var mapped = routes.MapLiveApi();
                if (authorizes)
                    mapped.RequireAuthorization(policy => policy.AddAuthenticationSchemes(schemes ?? [JwtBearerDefaults.AuthenticationScheme]).RequireAuthenticatedUser());
                app?.Invoke(routes);
            },
            time);

    public static ClaimsPrincipal Principal(string? type, params (string Type, string Value)[] claims) =>
        new(new ClaimsIdentity(claims.Select(static claim => new Claim(claim.Type, claim.Value)), type));

    public static Task<LiveSocket> ConnectWithJwtAsync(this InMemoryHost host, string jwt, string path = LiveTestHost.Path) =>
        LiveSocket.ConnectAsync(host, path, options => options.SetRequestHeader("Authorization", "Bearer " + jwt));

    public static async Task<LiveSocket> OpenAsync(Task<LiveSocket> connecting, string setup = LiveTestHost.Setup)
    {
        var client = await connecting;
        await client.SendJsonAsync(setup);
        await client.ReceiveUntilAsync(static frame => frame.Has("setupComplete"), "setupComplete");
        return client;
    }

    public static Task<LiveSocket> OpenWithJwtAsync(this InMemoryHost host, string jwt, string setup = LiveTestHost.Setup, string path = LiveTestHost.Path) =>
        OpenAsync(host.ConnectWithJwtAsync(jwt, path), setup);

    /// <summary>The close that answers the setup.</summary>
    public static async Task<(int Code, string Reason)> RefusalAsync(Task<LiveSocket> connecting, string setup = LiveTestHost.Setup)
    {
        await using var client = await connecting;
        await client.SendJsonAsync(setup);
        var close = await client.ExpectCloseAsync();
        return (close.Code, close.Reason);
    }

    public static async Task<string> CookieAsync(this InMemoryHost host, string name)
    {
        using var http = host.CreateClient();
        using var response = await http.GetAsync(new Uri($"{LoginPath}?name={name}", UriKind.Relative));
        return response.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    private static void AddSchemes(IServiceCollection services, TimeProvider time) =>
        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme)
            .AddJwtBearer(jwt =>
            {
                jwt.TokenValidationParameters = new TokenValidationParameters
                {
                    ValidIssuers = [Issuer, "https://other.example.test/"],
                    ValidAudience = Audience,
                    IssuerSigningKey = SigningKey,
                    LifetimeValidator = (_, expires, _, _) => expires > time.GetUtcNow().UtcDateTime,
                };
                jwt.Events = new JwtBearerEvents
                {
                    OnMessageReceived = static context =>
                    {
                        context.Token = context.Request.GetLiveAccessToken(orKey: true);
                        return Task.CompletedTask;
                    },
                };
            })
            .AddCookie()
            .AddScheme<AuthenticationSchemeOptions, ApplicationKeyHandler>("ApplicationKey", null)
            .AddScheme<AuthenticationSchemeOptions, ClaimsHandler>("Claims", null);
}
