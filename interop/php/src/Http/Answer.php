<?php

declare(strict_types=1);

namespace RedisWebToken\Http;

use Psr\Http\Message\ResponseInterface;
use Symfony\Component\HttpFoundation\Response;

/** What has headers for your response. */
abstract class Answer
{
    /** @param array<string, string> $headers `Cache-Control` and, if `"cookie"` is a carrier, `Set-Cookie` */
    protected function __construct(#[\SensitiveParameter] public readonly array $headers)
    {
    }

    /**
     * Adds the headers to a response of PSR-7 or Symfony, beside the cookies that it sets already.
     *
     * @template Given of ResponseInterface|Response
     *
     * @param Given $response
     *
     * @return Given a copy for PSR-7; the same object for Symfony and Laravel
     */
    public function addTo(ResponseInterface|Response $response): ResponseInterface|Response
    {
        return self::add($this->headers, $response);
    }

    /** Sends the headers by PHP's own `header`, without a framework. */
    public function sendHeaders(): void
    {
        foreach ($this->headers as $name => $value) {
            header("$name: $value", $name !== 'Set-Cookie');
        }
    }

    /**
     * @template Given of ResponseInterface|Response
     *
     * @param array<string, string> $headers
     * @param Given                 $response
     *
     * @return Given
     */
    final protected static function add(#[\SensitiveParameter] array $headers, ResponseInterface|Response $response): ResponseInterface|Response
    {
        foreach ($headers as $name => $value) {
            if (!$response instanceof ResponseInterface) {
                $response->headers->set($name, $value, $name !== 'Set-Cookie');
            } else {
                $response = $name === 'Set-Cookie' ? $response->withAddedHeader($name, $value) : $response->withHeader($name, $value);
            }
        }

        return $response;
    }

    /** @return array<string, string> */
    final protected static function headersWith(#[\SensitiveParameter] ?string $cookie): array
    {
        return ['Cache-Control' => 'no-store'] + ($cookie === null ? [] : ['Set-Cookie' => $cookie]);
    }

    /** @return array<string, mixed> no token for var_dump */
    public function __debugInfo(): array
    {
        return [];
    }
}
