<?php

declare(strict_types=1);

namespace RedisWebToken\Http;

use Psr\Http\Message\ResponseFactoryInterface;
use Psr\Http\Message\ResponseInterface;
use RedisWebToken\Exception\StoreUnavailable;
use Symfony\Component\HttpFoundation\Response;

/** Why a request is refused, and the response that says so. */
final class Refusal extends Answer
{
    private const REFUSALS = [
        '' => [401, 'Unauthorized'],
        'invalid_token' => [401, 'Not a live token'],
        'invalid_request' => [400, 'Send one token'],
        'cross_site' => [403, 'Cross-site: see csrf.origins'],
    ];
    private const TEXT = ['Content-Type' => 'text/plain;charset=UTF-8'];

    /**
     * @param int                   $status     400: the token is sent in a wrong way; 401: there is no token, no live one, or its user has
     *                                          to step up; 403: a page of another origin may have sent the request; 503: the store didn't
     *                                          answer, so it isn't known whether the token is live
     * @param string                $body       the response's body
     * @param array<string, string> $headers    the response's headers
     * @param string|null           $error      the error code of RFC 6750 §3.1, insufficient_user_authentication (RFC 9470), or
     *                                          cross_site; null if there is no token, or the store didn't answer
     * @param StoreUnavailable|null $cause      the store's error, if the status is 503
     * @param string|null           $deadCookie a `Set-Cookie` that drops a cookie whose session has ended
     */
    private function __construct(
        public readonly int $status,
        public readonly string $body,
        array $headers,
        public readonly ?string $error,
        public readonly ?StoreUnavailable $cause,
        private readonly ?string $deadCookie,
    ) {
        parent::__construct($headers);
    }

    /** For a request that isn't asked for its session. @param string $error invalid_request or cross_site */
    public static function of(AuthOptions $options, string $error): self
    {
        return self::challenging($options, $error, self::REFUSALS[$error]);
    }

    /** For a request without a live session. @param string|null $error none if there is no token */
    public static function ofTokens(AuthOptions $options, Carried $carried, ?string $error): self
    {
        $isCookieDead = $carried->isCookie && $error === 'invalid_token';

        return self::challenging($options, $error, self::REFUSALS[$error ?? ''], '', $isCookieDead ? $options->cookie?->header('') : null);
    }

    /** For a session whose user has to step up: it goes on, and the cookie stays. */
    public static function ofStepUp(AuthOptions $options, Requirement $require): self
    {
        return self::challenging($options, 'insufficient_user_authentication', [401, $require->text()], $require->parameters());
    }

    /**
     * @param array{int, string} $answer     status and text
     * @param string             $parameters of the challenge, each with a comma before it
     */
    private static function challenging(AuthOptions $options, ?string $error, array $answer, string $parameters = '', ?string $deadCookie = null): self
    {
        [$status, $text] = $answer;
        $code = $error === null ? '' : ", error=\"$error\", error_description=\"$text\"$parameters";
        // 400 and 401 get a challenge, without an error code if there is no token (RFC 6750 §3.1). 403 and 503 don't.
        $challenge = $status < 403 ? ['WWW-Authenticate' => "Bearer realm=\"$options->realm\"$code"] : [];

        return new self($status, $text, self::headersWith(null) + $challenge + self::TEXT, $error, null, $deadCookie);
    }

    /**
     * For an outage: the client should keep its token and retry.
     *
     * @param string|null $cookie a `Set-Cookie` of the response
     */
    public static function ofOutage(AuthOptions $options, StoreUnavailable $cause, ?string $cookie = null): self
    {
        $headers = self::headersWith($cookie) + ['Retry-After' => (string) $options->retryAfter] + self::TEXT;

        return new self(503, 'Service Unavailable', $headers, null, $cause, null);
    }

    /** The response for PSR-7. */
    public function toPsr7(ResponseFactoryInterface $factory): ResponseInterface
    {
        $response = $this->addTo($factory->createResponse($this->status));
        $response->getBody()->write($this->body);

        return $response;
    }

    /** The response for Symfony and Laravel. */
    public function toSymfony(): Response
    {
        return $this->addTo(new Response($this->body, $this->status));
    }

    /**
     * Sends the response by PHP's own `header` and `echo`, without a framework.
     *
     * @param bool $dropsCookie whether it makes the browser drop a cookie whose session has ended: see dropCookie
     */
    public function send(bool $dropsCookie = false): void
    {
        $this->sendHeaders();
        if ($dropsCookie && $this->deadCookie !== null) {
            header("Set-Cookie: $this->deadCookie", false);
        }
        // Last, because PHP sets 401 with a WWW-Authenticate.
        http_response_code($this->status);
        echo $this->body;
    }

    /**
     * Makes the browser drop a cookie whose session has ended (401). After any other refusal, the response stays unchanged.
     *
     * A response that arrives late also drops the cookie of a sign-in that another tab has finished meanwhile. So this isn't the
     * default: use it for pages that a user opens, not for requests that scripts send on their own.
     *
     * @template Given of ResponseInterface|Response
     *
     * @param Given $response your own
     *
     * @return Given
     */
    public function dropCookie(ResponseInterface|Response $response): ResponseInterface|Response
    {
        return $this->deadCookie === null ? $response : self::add(['Set-Cookie' => $this->deadCookie], $response);
    }
}
