{{- define "omnigram.name" -}}
{{- printf "%s" .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- define "omnigram.labels" -}}
app.kubernetes.io/name: omnigram
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "omnigram.selector" -}}
app.kubernetes.io/name: omnigram
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "omnigram.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}

{{- define "omnigram.store" -}}
{{ required "store.address is needed, such as s3://bucket/prefix" .Values.store.address }}
{{- end -}}

{{/* Who may do what: as little as there is. */}}
{{- define "omnigram.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "omnigram.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}

{{/* Where the store is, and the key to it. */}}
{{- define "omnigram.env" -}}
- { name: AWS_REGION, value: {{ .Values.store.region | quote }} }
{{- with .Values.store.endpoint }}
- { name: AWS_ENDPOINT_URL, value: {{ . | quote }} }
{{- end }}
{{- end -}}

{{- define "omnigram.envFrom" -}}
{{- with .Values.store.existingSecret }}
- secretRef: { name: {{ . | quote }} }
{{- end }}
{{- end -}}

{{/* The address of the broker, which may hold a password. */}}
{{- define "omnigram.natsEnv" -}}
{{- if .Values.nats.existingSecret }}
- name: OMNIGRAM_NATS
  valueFrom: { secretKeyRef: { name: {{ .Values.nats.existingSecret | quote }}, key: OMNIGRAM_NATS } }
{{- else }}
- { name: OMNIGRAM_NATS, value: {{ required "nats.url or nats.existingSecret is needed" .Values.nats.url | quote }} }
{{- end }}
{{- end -}}

{{- define "omnigram.placement" -}}
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{ toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
