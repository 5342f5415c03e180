<?php

declare(strict_types=1);

namespace RedisWebToken\Http;

use Psr\Http\Message\ServerRequestInterface;
use RedisWebToken\Exception\InvalidOption;
use Symfony\Component\HttpFoundation\Request;

/** The parts of a request that tell what it carries, and which page sent it. */
final class IncomingRequest
{
    /** The host of its URL, as the framework understands it; empty where nobody knows. */
    public readonly string $host;
    /** The path of its URL, as it was sent. */
    public readonly string $path;
    /** @var array<string, list<string>> by names in lower case */
    private readonly array $headers;

    /**
     * @param string                             $url     with the host; without it, the CSRF check needs the header `Host`
     * @param array<string, string|list<string>> $headers by their names, of any case
     */
    public function __construct(public readonly string $method, string $url, #[\SensitiveParameter] array $headers)
    {
        preg_match('~^(?:https?://([^/?#]*))?([^?#]*)~i', $url, $parts);
        $this->host = $parts[1] ?? '';
        $path = $parts[2] ?? '';
        $this->path = str_starts_with($path, '/') ? $path : '/';
        $all = [];
        foreach ($headers as $name => $values) {
            $name = strtolower((string) $name);
            $all[$name] = [...$all[$name] ?? [], ...array_values((array) $values)];
        }
        $this->headers = $all;
    }

    /**
     * Reads a request of PSR-7, of Symfony or of Laravel.
     *
     * @throws InvalidOption where it is none of these
     */
    public static function of(#[\SensitiveParameter] mixed $request): self
    {
        return match (true) {
            $request instanceof self => $request,
            $request instanceof ServerRequestInterface => self::ofPsr7($request),
            $request instanceof Request => self::ofSymfony($request),
            default => throw InvalidOption::type('request', 'a request of PSR-7, Symfony or Laravel, or an IncomingRequest', $request),
        };
    }

    /** The request that PHP itself is answering, without a framework. */
    public static function fromGlobals(): self
    {
        $headers = [];
        foreach ($_SERVER as $name => $value) {
            if (str_starts_with((string) $name, 'HTTP_') && is_string($value)) {
                $headers[strtr(substr((string) $name, 5), '_', '-')] = $value;
            }
        }
        // Apache keeps this header from CGI programs, and a rewrite rule of theirs hands it on under this name.
        $authorization = $_SERVER['REDIRECT_HTTP_AUTHORIZATION'] ?? null;
        if (!isset($headers['AUTHORIZATION']) && is_string($authorization)) {
            $headers['AUTHORIZATION'] = $authorization;
        }

        return new self((string) ($_SERVER['REQUEST_METHOD'] ?? 'GET'), (string) ($_SERVER['REQUEST_URI'] ?? '/'), $headers);
    }

    /** @return string|null the values of all headers of this name; null where there is none */
    public function header(string $name): ?string
    {
        $name = strtolower($name);

        return isset($this->headers[$name]) ? implode($name === 'cookie' ? '; ' : ', ', $this->headers[$name]) : null;
    }

    private static function ofPsr7(ServerRequestInterface $request): self
    {
        $uri = $request->getUri();
        $url = ($uri->getAuthority() === '' ? '' : 'http://' . $uri->getAuthority()) . $uri->getPath();

        return new self($request->getMethod(), $url, $request->getHeaders() + self::cookieHeader($request->hasHeader('Cookie'), $request->getCookieParams()));
    }

    private static function ofSymfony(Request $request): self
    {
        $path = preg_replace('~^https?://[^/?#]*~i', '', $request->getRequestUri());
        $headers = array_map(static fn (array $values): array => array_map(strval(...), $values), $request->headers->all());

        // Not getMethod: a form of any site can send `_method=GET`.
        return new self(
            $request->getRealMethod(),
            'http://' . $request->getHttpHost() . $path,
            $headers + self::cookieHeader($request->headers->has('cookie'), $request->cookies->all()),
        );
    }

    /**
     * Requests that test clients make have parsed cookies alone. What PHP parsed doesn't count beside the header: it keeps one
     * cookie of each name, and takes names such as `.._Host-rwt` for others.
     *
     * @param array<mixed> $cookies
     *
     * @return array<string, string>
     */
    private static function cookieHeader(bool $hasHeader, #[\SensitiveParameter] array $cookies): array
    {
        return $hasHeader || $cookies === [] ? [] : ['cookie' => http_build_query($cookies, '', '; ', PHP_QUERY_RFC3986)];
    }

    /** @return array<string, mixed> no tokens for var_dump */
    public function __debugInfo(): array
    {
        return ['method' => $this->method, 'host' => $this->host, 'path' => $this->path];
    }
}
